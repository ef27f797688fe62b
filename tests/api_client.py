"""Programs that call the API, for tests: one client for each asker of the small world."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.application import Application
from api.limits import Limits
from api.v1.app import PREFIX, make_api

_KEYS = itertools.count()


def mounted(application: Application, limits: Limits | None = None) -> FastAPI:
    """The API in a bare application, at the place where the pages mount it."""
    outer = FastAPI(openapi_url=None)
    outer.mount(PREFIX, make_api(application, limits=limits or Limits(enforced=False)))
    return outer


class Program(TestClient):
    """A program with a token; each POST gets a key of its own unless one is given."""

    def __init__(self, app: FastAPI, token: str | None = None) -> None:
        super().__init__(app, "http://127.0.0.1" + PREFIX, raise_server_exceptions=False)
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def create(self, path: str, body: Any = None, key: str | None = None) -> Any:
        """POST under an idempotency key."""
        headers = {"Idempotency-Key": key or f"test-key-{next(_KEYS)}"}
        if body is None:
            return self.post(path, headers=headers)
        return self.post(path, json=body, headers=headers)


def check_problem(answer: Any, status: int) -> dict[str, Any]:
    """That an answer is a problem document (RFC 9457) of a status; returns it."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document: dict[str, Any] = answer.json()
    assert set(document) == {"type", "title", "status", "detail", "instance", "errors"}
    assert document["type"].startswith("/problems/")
    assert document["status"] == status
    assert document["title"]
    assert document["detail"].endswith(".")
    uuid.UUID(document["instance"])
    assert all(set(each) == {"pointer", "detail"} and each["pointer"][0] == "/" for each in document["errors"])
    return document
