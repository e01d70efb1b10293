"""What an app says of itself: its OpenAPI document, with every refusal that a route can really answer.

FastAPI knows of successes, and of one error that we do not answer. Refusals follow from what a route
declares: its policy, its parameters, whether it takes a body, a version or an `Idempotency-Key`.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, get_args

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from kernel.http.idempotency import IdempotentRoute
from kernel.http.listing import SPEAKABLE, ListQuery
from kernel.http.policy import Allow, policy_of, public
from kernel.http.preconditions import ETAG, SeenVersion
from kernel.http.problems import MEDIA_TYPE
from kernel.http.views import AggregateView

Document = dict[str, Any]

_SEEN = get_args(SeenVersion)[1].dependency
_PROBLEM: Document = {
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457). `code` is stable and for programs.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "traceId"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "code": {"type": "string"},
        "traceId": {"type": "string", "description": "Finds the request in logs and traces."},
        "errors": {
            "type": "array",
            "items": {
                "title": "Fault",
                "type": "object",
                "required": ["code", "pointer", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "pointer": {"type": "string", "description": "A JSON pointer to the field, or empty."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_REASONS = {
    400: "The request makes no sense here: a value or a reference that is refused.",
    401: "Nobody knows who is asking.",
    403: "It is known who is asking, and they may not.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "The present state does not allow it, or somebody else was faster.",
    412: "It has another version by now.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The request is malformed; `errors` says where and why.",
    428: "`If-Match` is missing.",
    429: "Too many tries.",
    431: "Request line and headers are too large.",
    500: "A fault of ours.",
    503: "Something that this needs is away, or too much is going on.",
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_ETAG = {"description": "The version; send it as `If-Match` to change it.", "schema": {"type": "string"}}
_LOCATION = {"description": "Its address, relative to that of the request.", "schema": {"type": "string"}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gives the same reply, however often it is sent.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}


class DescribedApp(FastAPI):
    """An app whose `openapi()` tells the truth about refusals; `described` are its routes."""

    described: Sequence[APIRoute] = ()

    def openapi(self) -> Document:
        """The document; made once, when it is first asked for."""
        if self.openapi_schema is None:
            document = super().openapi()
            for route in self.described:
                if route.include_in_schema:
                    for method in route.methods or ():
                        _complete(document["paths"][route.path_format][method.lower()], route)
            _complete_components(document)
            self.openapi_schema = document
        return self.openapi_schema


def contract_routes() -> APIRouter:
    """`/openapi.json`: the document, for programs; pages that show it are not served."""
    routes = APIRouter(tags=["contract"], dependencies=[public("the contract is no secret")])
    rendered: list[bytes] = []

    @routes.get("/openapi.json", response_class=JSONResponse)
    async def contract(request: Request) -> Response:
        if not rendered:
            rendered.append(bytes(JSONResponse(request.app.openapi()).body))
        return Response(rendered[0], media_type="application/json")

    return routes


def refusals(route: APIRoute) -> Iterator[int]:
    """The statuses with which a route may refuse a request, by what it declares."""
    yield from (431, 500, 503)
    protected = isinstance(policy_of(route), Allow)
    if protected:
        yield from (401, 403)
    every = list(_nested(route.dependant))
    if any(one.path_params for one in every):
        yield 404
    if any(one.path_params or one.query_params for one in every):
        yield 422
    if route.body_field is not None:
        yield from (400, 408, 413, 415, 422)
    if any(one.call is _SEEN for one in every):
        yield from (400, 412, 428)
    if protected and "GET" not in (route.methods or ()):
        yield 409
    if _is_idempotent(route):
        yield from (400, 409, 422)


def _complete(operation: Document, route: APIRoute) -> None:
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    for refusal in refusals(route):
        responses.setdefault(str(refusal), {})
    for status, response in responses.items():
        if status >= "400":
            _explain(int(status), response)
        elif status.startswith("2") and _shows_aggregate(route):
            headers = response.setdefault("headers", {})
            headers["ETag"] = _ETAG
            if status == "201":
                headers["Location"] = _LOCATION
    operation["responses"] = dict(sorted(responses.items()))
    for parameter in operation.get("parameters", ()):
        _tell_what_is_accepted(parameter, route)
    if _is_idempotent(route):
        operation.setdefault("parameters", []).append(_KEY)


def _tell_what_is_accepted(parameter: Document, route: APIRoute) -> None:
    """Narrow what FastAPI says of a parameter to what is accepted of it."""
    schema, listed = parameter["schema"], _list_query(route)
    if parameter["name"] == "if-match":  # optional for Python only: without it there is a refusal of its own
        parameter.update(required=True, schema={"type": "string", "pattern": ETAG})
    elif listed is not None and parameter["name"] == "sort":
        schema["pattern"] = listed.sort_pattern()
    elif listed is not None:
        for one in schema.get("anyOf", [schema]):
            if one.get("type") == "string":
                one["pattern"] = SPEAKABLE


def _list_query(route: APIRoute) -> type[ListQuery] | None:
    """The parameters of a list, if the route has them."""
    for field in (field for one in _nested(route.dependant) for field in one.query_params):
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, ListQuery):
            return model
    return None


def _explain(status: int, response: Document) -> None:
    """A refusal is a problem, unless the route has said that it is something else."""
    response.setdefault("description", _REASONS.get(status, HTTPStatus(status).phrase))
    if response["description"] == HTTPStatus(status).phrase:  # as FastAPI fills it in
        response["description"] = _REASONS.get(status, response["description"])
    response.setdefault("content", {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}})
    if status in (429, 503):
        response.setdefault("headers", {}).update(_RETRY_AFTER)


def _complete_components(document: Document) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    if "Problem" in schemas:
        raise TypeError("a view may not be called Problem: that is what refusals are")
    schemas["Problem"] = _PROBLEM
    components["schemas"] = dict(sorted(schemas.items()))
    if any("security" in operation for operation in operations(document)):
        bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        components["securitySchemes"] = {"bearer": bearer}


def operations(document: Mapping[str, Any]) -> Iterator[Document]:
    """Every operation of a document."""
    for path in document["paths"].values():
        yield from path.values()


def _nested(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _nested(inner)


def _is_idempotent(route: APIRoute) -> bool:
    return isinstance(route, IdempotentRoute) and "POST" in (route.methods or ())


def _shows_aggregate(route: APIRoute) -> bool:
    model = route.response_model
    return isinstance(model, type) and issubclass(model, AggregateView)
