"""Employers ask by page and by API for whatever there is, theirs and others': no canary in answers or log lines."""

from __future__ import annotations

import random
import uuid
from collections import Counter

import people
import pytest
from api_client import Program
from sizes import SEED, size
from starlette.testclient import TestClient
from test_canary_campaign import Log, Stage, canaries, log, stage

from api.app import make_app
from api.limits import Limits
from api.policy import Action

__all__ = ["log", "stage"]
ANSWERS = size(300, 20_000)
_RECORD = ("", "/matches", "/rights", "/notes", "/access-log", "/download", "/export", "/consents", "/disclosures")


def addresses(stage: Stage, rng: random.Random) -> list[tuple[str, str]]:
    """One of each kind of address, with ids of one's own and of others: kind and address."""
    mine, theirs = (rng.choice(stage.vacancies[desk]) for desk in (stage.a, stage.b))
    vacancy = rng.choice([mine, theirs, uuid.UUID(int=rng.getrandbits(128))])
    person, request = rng.choice(list(stage.ids.values())), rng.choice(list(stage.disclosed))
    found = [
        ("own list", "/employer"), ("candidates", f"/employer/vacancies/{vacancy}"),
        ("candidates", f"/employer/vacancies/{mine}"),
        ("contact", f"/employer/requests/{request}"), ("market", "/vacancies"), ("market", f"/vacancies/{vacancy}"),
        ("record", f"/returnees/{person}{rng.choice(_RECORD)}"), ("caseload", "/"), ("accounts", "/accounts"),
        ("glass", "/glass"), ("own account", "/account"),
    ]  # fmt: skip
    found += [
        ("api own list", "/api/v1/employer/vacancies"), ("api requests", "/api/v1/employer/contact-requests"),
        ("api candidates", f"/api/v1/employer/vacancies/{vacancy}/candidates"),
        ("api candidates", f"/api/v1/employer/vacancies/{mine}/candidates"),
        ("api contact", f"/api/v1/employer/contact-requests/{request}/contact"),
        ("api record", f"/api/v1/returnees/{person}{rng.choice(_RECORD)}"), ("api caseload", "/api/v1/returnees"),
        ("api candidates of staff", f"/api/v1/vacancies/{vacancy}/candidates"), ("api me", "/api/v1/me"),
        ("api market", f"/api/v1/vacancies/{vacancy}"), ("api glass", "/api/v1/glass"),
    ]  # fmt: skip
    return found


def test_no_canary_in_any_response_to_an_employer(
    stage: Stage, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    application, rng = stage.application, random.Random(SEED)
    who = people.employer(application, "Employer A")
    page = people.browser(application, who)
    token = people.token_of(application, who, [action.value for action in Action])
    program: TestClient = Program(make_app(application, limits=Limits(enforced=False)), token)
    program.base_url = page.base_url
    kinds: Counter[tuple[str, int]] = Counter()
    found: list[tuple[str, list[str]]] = []
    while sum(kinds.values()) < ANSWERS:
        if rng.random() < 0.2:
            stage.flip()
        for kind, address in addresses(stage, rng):
            answer = (program if kind.startswith("api") else page).get(address)
            kinds[kind, answer.status_code] += 1
            told = f"{answer.text} {dict(answer.headers)}"
            allowed = set().union(*stage.disclosed.values()) if "contact" in kind else set()
            if bad := canaries(stage, told, allowed):
                found.append((address, bad))
    written = canaries(stage, "\n".join(line for line in log.lines if "HTTP Request" not in line))
    with capsys.disabled():
        total, good = sum(kinds.values()), sum(n for (_, status), n in kinds.items() if status == 200)
        print(f"\ncanary over HTTP: {total} responses ({good} with content), {len(found)} with a canary, "
              f"{len(written)} in {len(log.lines)} log lines")  # fmt: skip
    assert found == []
    assert written == []
    assert max(status for _, status in kinds) < 500
    for kind in ("candidates", "contact", "api candidates", "api contact", "own list"):
        assert kinds[kind, 200] > 0, kind
    for kind in ("record", "api record", "api caseload"):
        assert kinds[kind, 200] == 0, kind
