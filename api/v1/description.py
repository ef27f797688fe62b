"""The OpenAPI document: security, problem documents of each operation, and an example of each body and answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.policy import Action
from api.v1.guard import PUBLIC, guard_of
from api.v1.problems import KINDS, MEDIA_TYPE, Problem

Schema = dict[str, Any]
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_INTRODUCTION = (
    "Skills passports and explained matching for returning migrant workers. Every call needs a token, passes the "
    "same policy as the pages, and is written into the audit trail where it touches a person's record. Errors are "
    "problem documents (RFC 9457). The guide is docs/api.md."
)
_TAGS = {
    "own account": "Who the token stands for; own sessions and tokens.",
    "returnees": "Records of people.",
    "rights of the person": "Consent, notes, who looked, requests of employers.",
    "vacancies": "Vacancies as published, and candidates for counsellors.",
    "employers": "An employer's own vacancies, candidates without names, requests.",
    "accounts": "Accounts that an administrator keeps.",
    "glass": "Opening a record for a reason.",
    "service": "Whether the service answers.",
}
_BY_FORMAT = {
    "uuid": "3f0c1f0e-6d0b-4b0a-9a53-1f1b8e5f6a01", "date": "2026-11-20", "date-time": "2026-11-20T09:00:00Z",
}  # fmt: skip
_BY_TYPE: dict[str, object] = {"string": "text", "integer": 0, "number": 0.5, "boolean": True, "null": None}
_UUID = _BY_FORMAT["uuid"]


def describe(app: FastAPI) -> None:
    """Let an application give its document."""
    held: Schema = {}

    def document() -> Schema:
        if not held:
            held.update(_document(app))
        return held

    app.openapi = document  # type: ignore[method-assign]


def operations(app: FastAPI) -> Iterator[tuple[str, str, Action | None]]:
    """Method, path and action of each operation; the action is None where anybody may call."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            guard = guard_of(route)
            for method in sorted(route.methods or ()):
                yield method, route.path, guard.action if guard else None


def _document(app: FastAPI) -> Schema:
    made = get_openapi(
        title=app.title, version=app.version, summary="The JSON API of Hunar", description=_INTRODUCTION,
        routes=app.routes, servers=app.servers,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
    )  # fmt: skip
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token, as made at /tokens or on a page."}
    }
    for method, path, action in operations(app):
        operation = made["paths"][path][method.lower()]
        _secure(operation, action)
        _problems(operation, method, path, public=(method, path) in PUBLIC)
        _examples(operation, schemas)
    return made


def _secure(operation: Schema, action: Action | None) -> None:
    if action is None:
        operation["security"] = []
    else:
        operation["security"] = [{"token": []}]
        operation["x-action"] = action.value
        operation["description"] = f"{operation.get('description', '')}\n\nAction: `{action}`.".strip()


def _problems(operation: Schema, method: str, path: str, *, public: bool) -> None:
    """Declare the problems that an operation can answer with."""
    answers = operation["responses"]
    answers.pop("422", None)
    parameters = operation.get("parameters", [])
    found = {429, 503} if public else {401, 403, 413, 415, 429, 503}
    if "requestBody" in operation:
        found |= {400, 404, 422}
    if any(each["in"] != "path" for each in parameters):
        found.add(422)
    if "{" in path:
        found.add(404)
    if method != "GET" or path.endswith(("/contact", "/candidates")):
        found.add(409)
    if method != "GET":
        found |= {404, 422}
    for status in sorted(found):
        name, title = KINDS[status]
        example = {
            "type": f"/problems/{name}", "title": title, "status": status, "detail": f"{title}.",
            "instance": f"urn:uuid:{_UUID}", "errors": [],
        }  # fmt: skip
        answers[str(status)] = {
            "description": title,
            "content": {MEDIA_TYPE: {"schema": _PROBLEM, "example": example}},
        }
        if status in (401, 429):
            header = {401: "WWW-Authenticate", 429: "Retry-After"}[status]
            answers[str(status)]["headers"] = {header: {"schema": {"type": "string"}}}


def _examples(operation: Schema, schemas: Schema) -> None:
    """Give each body, answer and parameter an example, put together from those of its fields."""
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [answer.get("content", {}) for answer in operation["responses"].values()]
    for content in contents:
        for media in content.values():
            if "example" not in media:
                media["example"] = example_of(media["schema"], schemas)
    for parameter in operation.get("parameters", []):
        if "example" not in parameter and parameter.get("required"):
            parameter["example"] = example_of(parameter["schema"], schemas)
            parameter.pop("examples", None)


def example_of(schema: Schema, schemas: Schema) -> object:
    """An example that fits a schema: its own, or one made of its parts."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if "default" in schema and "properties" not in schema:
        return schema["default"]
    for word in ("enum", "const"):
        if word in schema:
            return schema[word][0] if word == "enum" else schema[word]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas)
    if "prefixItems" in schema:
        return [example_of(each, schemas) for each in schema["prefixItems"]]
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if schema.get("type") == "object":
        return {name: example_of(each, schemas) for name, each in schema.get("properties", {}).items()}
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(schema.get("type", "null")))
