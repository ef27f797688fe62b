"""The desk at which staff and returnees look for providers of courses and assessments."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from api.answers import Page, page_count, trades_named
from api.desk import Desk
from api.policy import Action
from jobs_ingest.provider_names import groups
from jobs_ingest.providers import (
    ProviderFile,
    ProviderLine,
    ProviderQuery,
    find_provider,
    providers_after,
    search_providers,
)

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What a person looks for, as it was typed. A group that there is not finds nobody."""

    q: str = ""
    trade: str = ""
    district: str = ""
    serves: str = ""

    @property
    def anything(self) -> bool:
        """Whether anything is asked at all."""
        return any((self.q.strip(), self.trade.strip(), self.district.strip(), self.serves))


class Directory(Desk):
    """Providers belong to no centre; reading them is recorded nowhere, for nothing in them is about a person."""

    def search(self, asked: Asked, number: int) -> Page[ProviderLine]:
        """A page of the providers that fit, by name. Raises Forbidden."""
        self.require(Action.PROVIDER_READ)
        query = self._query(asked)
        with self.application.reading() as session:
            found, total = search_providers(session, query, skip=(number - 1) * PAGE, count=PAGE)
            pages = page_count(total)
            if number > pages:
                found, total = search_providers(session, query, skip=(pages - 1) * PAGE, count=PAGE)
            return Page(found, min(number, pages), pages, total)

    def after(self, asked: Asked, place: tuple[str, uuid.UUID] | None, count: int) -> list[ProviderLine]:
        """The next providers after a place (compared name, id). Raises Forbidden."""
        self.require(Action.PROVIDER_READ)
        with self.application.reading() as session:
            return providers_after(session, self._query(asked), place, count=count)

    def read(self, provider_id: uuid.UUID) -> ProviderFile:
        """One provider with its courses. Raises Forbidden, NotFound."""
        self.require(Action.PROVIDER_READ)
        with self.application.reading() as session:
            return find_provider(session, provider_id)

    def _query(self, asked: Asked) -> ProviderQuery:
        trade = asked.trade.strip()
        trades = trades_named(trade, self.application.coder().taxonomy) if trade else None
        # A group that is not known is asked for as it is, and found nowhere.
        return ProviderQuery(asked.q.strip(), trades, asked.district.strip(), asked.serves)


def served_groups() -> tuple[str, ...]:
    """The groups that can be asked for, by code."""
    return groups()
