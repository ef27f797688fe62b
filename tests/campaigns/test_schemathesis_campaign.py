"""Schemathesis over the whole API, for every kind of caller: no server error, no answer outside its schema.

Each operation is asked once as it is meant, with ids of the small world, and then with generated requests that
fit the schema and that do not, about half of them with real ids in the address.
"""

from __future__ import annotations

import copy
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from api_client import mounted
from conftest import SqliteServer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sizes import SEED, size
from world import WHO, World, make_world

from api.employers import EmployerDesk
from api.models import ContactRequest
from api.v1.app import PREFIX

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
#: The quick campaign leaves out callers that differ from another only in whose records they reach.
CALLERS = WHO if size(0, 1) else tuple(who for who in WHO if who not in ("expired", "other", "couns-B", "head-B"))
#: What the example of the document lacks to be true in the world.
MEANT: dict[str, dict[str, object]] = {
    "/accounts": {"centre": "A"},
    "/glass": {"returnee": "R-1"},
}
#: Every operation but the last four is reached with a 2xx by somebody; these are all of them.
OPERATIONS = 58
#: They need two open vacancies that may be one, or a vacancy whose values were read or that is no file's: this
#: world has none, and their 2xx stand in tests of their own.
ELSEWHERE = {
    "POST /duplicates", "POST /duplicates/{pair_id}/decision", "POST /vacancies/{vacancy_id}/readings",
    "PATCH /employer/vacancies/{vacancy_id}",
}  # fmt: skip


class Campaign:
    """The calls of a campaign and what came of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = mounted(world.application)
        self.schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", self.app)
        self.calls: Counter[str] = Counter()
        self.good: Counter[str] = Counter()
        self.reached: set[str] = set()
        self.failures: list[str] = []

    def call(self, client: Any, case: Any, who: str) -> None:
        """Send a case as one caller and check the answer."""
        token = self.world.tokens.get(who)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = case.call(session=client, headers=headers)
        self.calls[who] += 1
        if response.status_code < 300:
            self.good[who] += 1
            self.reached.add(case.operation.label)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as error:
            said = "; ".join(f"{type(part).__name__}: {part}" for part in error.exceptions)
            self.failures.append(f"{who} {case.operation.label} {response.status_code}: {said[:600]}")

    def path_parameters(self, operation: Any) -> dict[str, str]:
        """Real ids for an operation's address."""
        return {
            name: str(key) for name, key in self.world.ids.items() if f"{{{name}}}" in operation.path
        }  # fmt: skip


@pytest.fixture(scope="module")
def campaign(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return Campaign(_open_request(make_world(sqlite_server, tmp_path_factory.mktemp("world"))))


def _open_request(world: World) -> World:
    """A second request, still open, which an answer can be given to; the world's own is answered."""
    with world.application.session() as session:
        held = session.get_one(ContactRequest, world.ids["request_id"])
        opened = ContactRequest(
            returnee_id=held.returnee_id, employer_id=held.employer_id, vacancy_id=held.vacancy_id,
            candidate=uuid.uuid4(), asked_by=held.asked_by, asked_at=held.asked_at,
        )  # fmt: skip
        session.add(opened)
        session.commit()
        world.ids["open_id"] = opened.id
    shown = EmployerDesk(world.application, world.people["empl"].principal).candidates(world.ids["vacancy_id"])
    world.ids["candidate"] = next(one.candidate for one in shown if one.request is None)
    world.keep()
    return world


def meant(campaign: Campaign, operation: Any) -> Any:
    """The operation as it is meant: the document's example, true in the world."""
    raw = campaign.schema.raw_schema["paths"][operation.path][operation.method.lower()]
    ids = campaign.path_parameters(operation)
    if operation.path.endswith("/answer"):
        ids["request_id"] = str(campaign.world.ids["open_id"])
    body = (
        copy.deepcopy(raw["requestBody"]["content"]["application/json"]["example"])
        if "requestBody" in raw
        else None
    )
    if isinstance(body, dict):
        body |= MEANT.get(operation.path, {})
        if "candidate" in body:
            body["candidate"] = str(campaign.world.ids["candidate"])
    headers = {"Idempotency-Key": f"meant-{uuid.uuid4()}"} if operation.method.lower() == "post" else {}
    given_body = {} if body is None else {"body": body, "media_type": "application/json"}
    return operation.Case(path_parameters=ids, headers=headers, **given_body)


def generated(campaign: Campaign, operation: Any, tries: int, client: Any) -> None:
    """Requests that are made up."""
    real = campaign.path_parameters(operation)
    kinds = [operation.as_strategy(GenerationMode.POSITIVE)]
    if real:
        kinds.append(operation.as_strategy(GenerationMode.POSITIVE, path_parameters=real))
    raw = campaign.schema.raw_schema["paths"][operation.path][operation.method.lower()]
    if raw.get("parameters") or "requestBody" in raw:
        kinds.append(operation.as_strategy(GenerationMode.NEGATIVE))

    @seed(SEED)
    @settings(
        max_examples=tries, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(kinds))
    def ask(case: Any) -> None:
        for who in CALLERS:
            if operation.method.lower() != "get":
                campaign.world.restore()
            campaign.call(client, case, who)

    ask()


def test_every_answer_to_every_caller_is_as_the_document_says(
    campaign: Campaign, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [result.ok() for result in campaign.schema.get_all_operations()]
    assert len(found) == OPERATIONS
    with asgi.get_client(campaign.app) as client:
        for operation in found:
            for who in CALLERS:
                campaign.world.restore()
                campaign.call(client, meant(campaign, operation), who)
            generated(campaign, operation, size(2, 25), client)
    campaign.world.application.engine.dispose()
    missed = {operation.label for operation in found} - campaign.reached
    with capsys.disabled():
        shares = ", ".join(
            f"{who} {campaign.calls[who]} ({campaign.good[who] / campaign.calls[who]:.0%})" for who in CALLERS
        )
        print(
            f"\nschemathesis: {campaign.calls.total()} calls, of them 2xx by caller: {shares}; "
            f"{len(campaign.reached)} of {len(found)} operations reached; {len(campaign.failures)} failures"
        )
    assert campaign.failures[:5] == []
    assert missed <= ELSEWHERE
