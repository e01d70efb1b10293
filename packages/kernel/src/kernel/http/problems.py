"""The one table from a kind of refusal to an HTTP status, and its rendering as RFC 9457 problem details."""

import math
from collections.abc import Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from kernel.errors import (
    CatalogError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    RuleBroken,
    Stale,
    TooMany,
    Unauthorized,
    Unavailable,
)
from kernel.http.preconditions import VersionMissing
from kernel.logging import get_logger
from kernel.replies import KeyReused
from kernel.tracing import current_trace_id

STATUS: dict[type[CatalogError], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    RuleBroken: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    VersionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
MEDIA_TYPE = "application/problem+json"
MOST_PROBLEMS = 100
"""How many problems one answer names: a list of ten thousand could be wrong in each place."""
MOST_ERRORS = 20
"""How many faults one answer names; who has mended those may ask again."""
_log = get_logger(__name__)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    problems: Sequence[Problem] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Render problem details: the standard members, and our own `code`, `traceId` and `errors`."""
    body: dict[str, Any] = {
        "type": f"urn:catalog:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": _encodable(detail),
        "code": code,
        "traceId": current_trace_id(),
    }
    if problems:
        body["errors"] = [
            {"code": one.code, "pointer": _encodable(one.pointer), "message": _encodable(one.message)}
            for one in problems[:MOST_PROBLEMS]
        ]
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def _encodable(text: str) -> str:
    """A text without halves of characters, which JSON can bring in and UTF-8 cannot carry out."""
    return text.encode(errors="backslashreplace").decode()


def refusal(error: CatalogError) -> Response:
    """Render any refusal of the platform by the table."""
    status = next(
        (STATUS[kind] for kind in type(error).mro() if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR
    )
    headers: dict[str, str] = {}
    if isinstance(error, TooMany | Unavailable):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(status, error.code, error.message, problems=error.problems, headers=headers)


def fault() -> Response:
    """The answer to a fault of our own: nothing of its inside, but the trace id under which it is logged."""
    return problem(500, "internal", "Something went wrong on our side. The trace id finds it in our logs.")


def install(app: FastAPI) -> None:
    """Make an app answer every refusal as problem details."""

    async def refused(_: Request, error: Exception) -> Response:
        return refusal(cast(CatalogError, error))

    async def malformed(request: Request, error: Exception) -> Response:
        every = cast(RequestValidationError, error).errors()
        sent = request.headers.get("content-type", "")
        if any(tuple(one["loc"]) == ("body",) for one in every) and sent and "json" not in sent.lower():
            return problem(415, "not_json", "Send JSON, and say so: Content-Type: application/json.")
        found = [
            Problem(str(one["type"]), str(one["msg"]), _pointer(one["loc"]))
            for one in islice(every, MOST_ERRORS)
        ]
        rest = (
            f" These are the first {MOST_ERRORS} of {len(every)} faults." if len(every) > MOST_ERRORS else ""
        )
        detail = f"The request is malformed; `errors` says where and why.{rest}"
        return problem(422, "malformed", detail, problems=found)

    async def http(request: Request, error: Exception) -> Response:
        error = cast(HTTPException, error)
        if error.status_code == 405:
            headers = {"Allow": ", ".join(_methods(request))}
            return problem(405, *_HTTP[405], headers=headers)
        code, detail = _HTTP.get(error.status_code, ("refused", str(error.detail)))
        return problem(error.status_code, code, detail, headers=dict(error.headers or {}))

    app.add_exception_handler(CatalogError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http)


def _methods(request: Request) -> list[str]:
    """All methods of an address. Starlette names those of the first route alone that has it."""
    routes: Sequence[APIRoute] = getattr(request.app, "described", ())
    found = [route.methods or () for route in routes if route.path_regex.match(request.scope["path"])]
    return sorted({method for methods in found for method in methods})


_HTTP = {
    404: ("route_not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not know this method; `Allow` names those it knows."),
}


def _pointer(location: Sequence[int | str]) -> str:
    """An RFC 6901 pointer into the body, or `query/name`, `path/name`, `header/name` outside of it."""
    where, *rest = location
    steps = rest if where == "body" else location
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
