"""Whatever a stranger writes into the address, it goes where the settings say, or nowhere (S15)."""

import asyncio
from urllib.parse import urlsplit

import pytest

from apps.gateway.tests.behind import Echo, gateway, listening, serving, settings
from gateway_app.container import Container
from gateway_app.paths import is_plain, service_of

STRANGE = [
    b"/api/offerings//x",
    b"/api//offerings",
    b"/api/offerings/./x",
    b"/api/offerings/../prices",
    b"/api/offerings/..",
    b"/api/../admin",
    b"/api/offerings/%2e%2e/prices",
    b"/api/offerings/%2E./x",
    b"/api/offerings/.%2e",
    b"/api/offerings/%2e",
    b"/api/offerings/..;/admin",
    b"/api/offerings/..;x=1/admin",
    b"/api/offerings/.;/admin",
    b"/api/offerings;/x",
    b"/api/offerings/%3b/x",
    b"/api/offerings%2f..%2fprices",
    b"/api/offerings/%2F/x",
    b"/api/offerings/%5c..%5cx",
    b"/api/offerings/\\evil.invalid",
    b"/api/offerings/%252e%252e/x",
    b"/api/offerings/%25",
    b"/api/offerings/%00",
    b"/api/offerings/%0d%0aHost:%20evil",
    b"/api/offerings/%7f",
    b"/api/offerings/%",
    b"/api/offerings/%g1",
    b"/api/offerings/%2",
    b"/api/offerings/\xc3\xa9",
    b"/api/offerings/<x>",
    b'/api/offerings/"x"',
    b"/api/offerings/{id}",
    b"/api/offerings/x^y",
    b"/api/offerings/x y",
    b"/api/offerings/x\r\ny",
    b"/api/offerings/x\n",
    b"/api/offerings/\x01",
]
PLAIN = [
    b"/api/offerings",
    b"/api/offerings/",
    b"/api/offerings/0190-af",
    b"/api/offerings/a%20b",
    b"/api/offerings/%C3%A9",
    b"/api/offerings/x@evil.invalid",
    b"/api/offerings/http:evil.invalid",
    b"/api/offerings/...",
    b"/api/offerings/.well",
    b"/api/offerings/a.b..c",
    b"/api/offerings/(1),'2'!$&*+=~_",
]


@pytest.mark.parametrize("path", STRANGE)
def test_a_path_that_can_be_read_in_two_ways_is_not_plain(path: bytes) -> None:
    assert not is_plain(path, b"")


@pytest.mark.parametrize("path", PLAIN)
def test_a_plain_path_has_one_service(path: bytes) -> None:
    assert is_plain(path, b"name=~x&at=%2e%2e/")
    assert service_of(path) == "offering"


@pytest.mark.parametrize("query", [b"a=b c", b"a=\r\nb", b"a=\xff", b"\x00"])
def test_a_query_is_printable(query: bytes) -> None:
    assert not is_plain(b"/api/offerings", query)


@pytest.mark.parametrize(
    "path",
    [
        b"/api/other",
        b"/api",
        b"/api/",
        b"",
        b"/",
        b"offerings",
        b"/offerings",
        b"/apis/offerings",
        b"//api/offerings",
    ],
)
def test_other_paths_have_none(path: bytes) -> None:
    assert service_of(path) is None


async def test_no_address_leaves_the_settings() -> None:
    """The corpus on the wire: a canary that answers everything hears nothing."""
    heard: list[bytes] = []

    async def sing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1000))

    service = Echo()
    async with listening(sing) as canary, serving(service) as address:
        host = canary.removeprefix("http://").encode()
        targets = [
            *(path for path in STRANGE if not set(path) & set(b"\r\n ")),
            *PLAIN,
            b"/api/offerings/@" + host,
            b"//" + host + b"/api/offerings",
            b"/api/offerings?url=http://" + host,
            b"/api/offerings#@" + host,
            b"http://" + host + b"/api/offerings",
            b"http://x@" + host + b"/api/offerings",
            b"/api/offerings/http://" + host,
            b"/api@" + host + b"/offerings",
            b"/api/@" + host,
        ]
        container = Container(settings=settings(upstreams={"offering": address}))
        async with gateway(container) as app, serving(app) as door:
            statuses = {target: await _status(door, target, host) for target in targets}
    assert heard == []
    assert {statuses[path] for path in PLAIN} == {200}
    assert {statuses[path] for path in statuses if path in STRANGE} <= {400, 404}
    assert statuses[b"http://" + host + b"/api/offerings"] == 200, "absolute, and still ours"
    own = address.removeprefix("http://").encode()
    assert {dict(scope["headers"])[b"host"] for scope in service.asked} == {own}


async def _status(door: str, target: bytes, host: bytes) -> int:
    url = urlsplit(door)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(b"GET %b HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n" % (target, host))
    try:
        async with asyncio.timeout(5):
            answer = await reader.read()
    finally:
        writer.close()
    return int(answer.split(b" ")[1])
