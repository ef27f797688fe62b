"""Long lists in pages. A cursor is the place of the last line in the list's order, sealed for one account.

Lines that are added meanwhile move nothing: a page begins behind a place, not at a number. Whoever changes a
cursor, or has one of another list or account, is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from api.passwords import short_code
from api.v1.guard import Caller
from profiling.errors import InputError, OperatorError

MOST = 100
USUAL = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_CURSOR = 1000
CURSOR_FORM = r"^[A-Za-z0-9_-]*$"
REFUSED = "cursor: it is not one that this list gave you. Begin again without it."
Line = TypeVar("Line")
Out = TypeVar("Out", bound=BaseModel)
#: The place of a line in the order of its list; ids make it unique.
Key = tuple[str | int, ...]


class Listed(BaseModel, Generic[Out]):
    """A page of a list. ``next_cursor`` is null on the last one."""

    items: list[Out]
    next_cursor: str | None = Field(description="send it as `cursor` to get the next page", examples=[None])


@dataclass(frozen=True)
class Paging:
    """Which page of which list is asked for."""

    name: str
    limit: int
    cursor: str | None


def paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MOST, description="how many lines at most")] = USUAL,
    cursor: Annotated[
        str | None,
        Query(max_length=LONGEST_CURSOR, pattern=CURSOR_FORM, description="`next_cursor` of the page before"),
    ] = None,
) -> Paging:
    """The page that a request asks for. The list is known by its address, with the ids in it."""
    return Paging(request.url.path, limit, cursor)


Paged = Annotated[Paging, Depends(paging)]


def place_after(caller: Caller, page: Paging) -> Key | None:
    """Behind which place the page begins; None at the start. Raises InputError for a cursor that is not ours."""
    if not page.cursor:
        return None
    try:
        sealed = base64.b64decode(page.cursor + "=" * (-len(page.cursor) % 4), altchars=b"-_", validate=True)
        opened = caller.application.vault.open(sealed, f"cursor.{page.name}", caller.account_id)
    except (binascii.Error, ValueError, OperatorError):
        raise InputError(REFUSED) from None
    return tuple(json.loads(opened))


def cursor_at(caller: Caller, page: Paging, place: Key) -> str:
    """The cursor of the page that begins behind a place."""
    text = json.dumps(list(place))
    return short_code(caller.application.vault.seal(text, f"cursor.{page.name}", caller.account_id))


def listed(
    caller: Caller, page: Paging, lines: Iterable[Line], key: Callable[[Line], Key], out: Callable[[Line], Out], *,
    newest_first: bool = False,
) -> Listed[Out]:  # fmt: skip
    """A page of a list that is at hand as a whole, in the order of its keys."""
    after = place_after(caller, page)
    ordered = sorted(lines, key=key, reverse=newest_first)
    rest = [line for line in ordered if after is None or (key(line) < after if newest_first else key(line) > after)]
    shown = rest[: page.limit]
    more = len(rest) > page.limit
    return Listed[Out](
        items=[out(line) for line in shown],
        next_cursor=cursor_at(caller, page, key(shown[-1])) if more else None,
    )


def moment(at: datetime) -> int:
    """A moment as a part of a place: microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
