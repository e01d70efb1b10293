"""What the web application's server answers to those who are no browser, byte by byte."""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.worlds import World

pytestmark = pytest.mark.browser

CSP = "default-src 'self'; script-src 'self' 'nonce-N' 'strict-dynamic'; "
GUARDS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""What each page has. `Strict-Transport-Security` comes with an address that begins with https."""


@pytest.fixture
def server(pages: World) -> str:
    return pages.link("web application")


@pytest.fixture
def stranger(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def reader(server: str, pages: World) -> Iterator[httpx.Client]:
    """Somebody who has signed in, whose cookies go with all that this client asks."""
    with httpx.Client(base_url=server, trust_env=False, timeout=20) as client:
        given = {"username": "reader", "password": pages.passwords["reader"]}
        client.post(
            "/session/login", json=given, headers={"sec-fetch-site": "same-origin"}
        ).raise_for_status()
        yield client


def raw(server: str, request: bytes) -> bytes:
    """Send bytes, and return the first that come back."""
    url = urlsplit(server)
    with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(65536)


@pytest.mark.parametrize("path", ["/store", "/login", "/nothing-here"])
def test_a_page_says_what_may_run_on_it(stranger: httpx.Client, path: str) -> None:
    answer = stranger.get(path)
    policy = re.sub(r"'nonce-[^']+'", "'nonce-N'", answer.headers["content-security-policy"])
    assert policy.startswith(CSP)
    assert {"object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"} <= set(policy.split("; "))
    assert {name: answer.headers[name] for name in GUARDS} == GUARDS
    assert {"server", "x-powered-by", "access-control-allow-origin"}.isdisjoint(answer.headers)


def test_each_page_has_a_nonce_of_its_own(stranger: httpx.Client) -> None:
    assert len({stranger.get("/login").headers["content-security-policy"] for _ in range(5)}) == 5


def test_what_is_no_page_is_not_taken_for_one_and_nobody_keeps_what_is_private(reader: httpx.Client) -> None:
    answer = reader.get("/bff/api/prices")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert reader.get("/icon.svg").headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-middleware-subrequest": ":".join(["src/proxy"] * 5)},
        {"x-middleware-subrequest": ":".join(["proxy"] * 5)},
        {"x-middleware-next": "1"},
        {"x-forwarded-host": "stranger.invalid"},
        {"host": "stranger.invalid"},
    ],
)
def test_no_header_opens_a_private_page_or_leads_to_a_stranger(
    stranger: httpx.Client, headers: dict[str, str]
) -> None:
    answer = stranger.get("/builder", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (307, "/login?next=%2Fbuilder")
    assert stranger.get("/bff/api/prices", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "path", ["//stranger.invalid/builder", "/\\stranger.invalid", "/builder//stranger.invalid"]
)
def test_no_address_leads_to_a_stranger(server: str, path: str) -> None:
    host = urlsplit(server).netloc
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    location = re.search(rb"(?im)^location: (\S+)", answer)
    assert location is None or re.match(rb"/[^/\\]", location[1]), answer[:300]


@pytest.mark.parametrize(
    "path",
    [
        "/bff/metrics",
        "/bff/login",
        "/bff/api/openapi.json",
        "/bff/api/traces/0",
        "/bff/realms/catalog",
        "/bff/api/prices/../../metrics",
        "/bff/api/prices/%2e%2e/%2e%2e/metrics",
        "/bff/api/prices/.%2e/.%2e/metrics",
        "/bff/api/prices/..%2f..%2fmetrics",
        "/bff/api/prices/%2e%2e%2f%2e%2e%2fmetrics",
        "/bff/api/prices/%252e%252e/%252e%252e/metrics",
        "/bff/api/prices/..%5c..%5cmetrics",
        "/bff/api/prices/..;/..;/metrics",
        "/bff/http://stranger.invalid/api/prices",
        "/bff/api/prices@stranger.invalid",
    ],
)
def test_a_token_goes_nowhere_but_where_it_may(server: str, reader: httpx.Client, path: str) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    head = f"Host: {urlsplit(server).netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
    answer = raw(server, f"GET {path} HTTP/1.1\r\n{head}".encode())
    assert re.match(rb"HTTP/1\.1 (308|400|404) ", answer), answer[:300]
    assert b"http_server" not in answer
    assert b"catalog_" not in answer


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://stranger.invalid"},
        {"origin": "http://stranger.invalid", "x-forwarded-host": "stranger.invalid"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_another_site_changes_nothing(reader: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/bff/api/prices", "/session/login", "/session/logout"):
        answer = reader.post(path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin"), path
    assert reader.get("/bff/api/whoami").json()["name"] == "reader"


def test_a_body_that_is_too_large_is_not_kept(reader: httpx.Client) -> None:
    ours = {"sec-fetch-site": "same-origin", "content-type": "application/json"}
    megabyte = b"a" * 1024 * 1024
    answer = reader.post("/bff/api/prices", content=iter([megabyte] * 20), headers=ours)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = reader.post("/session/login", content=iter([megabyte] * 20), headers=ours)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
