"""What strangers say about who they are never gets in."""

import pytest
from starlette.types import Receive, Scope, Send

from gateway_app.headers import DropForgedHeaders, is_forged

FORGED = [
    "x-user-id",
    "x-user",
    "x-roles",
    "x-role",
    "x-internal-token",
    "x-internal",
    "x-auth-request-email",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-prefix",
    "x-real-ip",
    "x-original-url",
    "x-original-host",
    "x-client-ip",
    "true-client-ip",
    "via",
    "x-middleware-subrequest",
    "x-remote-user",
    "x-authenticated-userid",
    "x_user_id",
    "authorization_",
    "x-forwarded_for",
    "x-username",
    "x-userid",
    "x-email",
    "x-groups",
    "x-subject",
    "x-principal",
    "remote-user",
    "client-ip",
    "cf-connecting-ip",
    "x-cluster-client-ip",
    "x-rewrite-url",
    "x-http-method-override",
    "baggage",
    "b3",
    "x-b3-traceid",
]
HONEST = [
    "authorization",
    "content-type",
    "content-length",
    "accept",
    "cookie",
    "if-match",
    "idempotency-key",
    "x-correlation-id",
    "traceparent",
    "user-agent",
    "x-requested-with",
    "host",
    "origin",
    "x-usage",
]


@pytest.mark.parametrize("name", FORGED)
def test_a_header_only_a_proxy_may_set_is_dropped(name: str) -> None:
    assert is_forged(name.encode())


@pytest.mark.parametrize("name", HONEST)
def test_an_ordinary_header_stays(name: str) -> None:
    assert not is_forged(name.encode())


async def test_the_app_behind_sees_what_is_left() -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(scope["headers"])

    async def nothing() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def ignore(_: object) -> None: ...

    headers = [(b"host", b"x"), (b"x-user-id", b"1"), (b"accept", b"*/*"), (b"x_roles", b"operator")]
    await DropForgedHeaders(app)({"type": "http", "headers": headers}, nothing, ignore)
    assert seen == [(b"host", b"x"), (b"accept", b"*/*")]
