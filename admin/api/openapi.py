"""OpenAPI: the API's document, made from the routes and the Structs that the handlers use."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from admin.api.bodies import JSON, PDF
from admin.api.once import HEADER
from admin.api.problems import CONTENT_TYPE, Problem
from admin.api.routes import ANY, PREFIX, Route
from store.api_tokens import SCOPES

_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+)}")
_BINARY = {"schema": {"type": "string", "format": "binary"}}

_DESCRIPTION = """\
Everything that the console shows of an organisation's customers and bills, for programs.

- **Token**: `Authorization: Bearer bp_…`, made in the console; it belongs to one organisation and has scopes.
- **Lists** go by `limit` and `cursor`; what is added meanwhile moves nothing. Only what is published is shown.
- **Writes** are checked by the rules of file imports. A row is good or refused by itself; `draft=true` keeps a
  batch from customers until it is published.
- **Idempotency-Key** makes a POST or PUT safe to send again for a day.
- **Refusals** are `application/problem+json` (RFC 9457), with one entry of `errors` a field.
- Money is decimal text beside its currency, dates are ISO 8601, instants RFC 3339 in UTC.
"""


def document(routes: Sequence[Route], server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of some routes, served at `server`."""
    queries = [route.query for route in routes if route.query]
    bodies = [route.body.schema for route in routes if route.body and route.body.schema]
    answers = [answer for route in routes for answer in route.answers.values() if not isinstance(answer, str)]
    shapes = list(dict.fromkeys([Problem, *bodies, *answers]))
    _, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Brassplate API", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": server + PREFIX}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": _paths(routes, {query: _properties(query) for query in queries}),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Scopes: "
                    + ", ".join(f"`{name}` ({words})" for name, words in SCOPES.items()),
                }
            },
            "responses": {
                "Problem": {
                    "description": "Why the request was not done.",
                    "content": {CONTENT_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
                }
            },
        },
    }


def _properties(query: type[msgspec.Struct]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([query], ref_template=_REF)
    schema: dict[str, Any] = components[query.__name__]
    return schema


def _paths(routes: Sequence[Route], queries: Mapping[type, dict[str, Any]]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, queries[route.query] if route.query else {}
        )
    return paths


def _operation(route: Route, query: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(query), *_headers(route)],
        "responses": _responses(route),
    }
    said = [route.description, _scope(route)]
    if any(said):
        operation["description"] = "\n\n".join(filter(None, said))
    if route.scope is None:
        operation["security"] = []
    if route.body:
        content = _BINARY if route.body.schema is None else {"schema": _reference(route.body.schema)}
        types = (route.body.content_type, *route.body.more_types)
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(types, content)}
    return operation


def _scope(route: Route) -> str:
    return "" if route.scope in (None, ANY) else f"Scope: `{route.scope}`."


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer"} if name == "id" else {"type": "string"},
        }
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(query: dict[str, Any]) -> list[dict[str, Any]]:
    required = query.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in query.get("properties", {}).items()
    ]


def _headers(route: Route) -> list[dict[str, Any]]:
    if not route.writes:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 255}
    return [{"name": HEADER, "in": "header", "required": False, "schema": schema}]


def _responses(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, answer in route.answers.items():
        content = {PDF: _BINARY} if answer == PDF else {JSON: {"schema": _answer(answer)}}
        found[str(status)] = {"description": "Done.", "content": content}
    return {**found, "default": {"$ref": "#/components/responses/Problem"}}


def _answer(answer: Any) -> dict[str, Any]:
    return {"type": "object"} if isinstance(answer, str) else _reference(answer)


def _reference(shape: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=shape.__name__)}
