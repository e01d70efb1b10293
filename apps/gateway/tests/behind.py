"""Services for the gateway to stand in front of, and ways to run both in the loop of a test."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import httpx
import uvicorn
from dependency_injector.providers import Object
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway_app.container import Container
from gateway_app.main import build
from gateway_app.settings import GatewaySettings

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Echo:
    """An ASGI service that answers with what it has been asked; `answers` is what it says at a path."""

    def __init__(
        self, answers: Mapping[str, tuple[int, list[tuple[bytes, bytes]], bytes]] | None = None
    ) -> None:
        self.answers = answers or {}
        self.asked: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        seen = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "body": body.decode("latin-1"),
        }
        status, headers, said = self.answers.get(
            scope["path"], (200, [(b"content-type", b"application/json")], json.dumps(seen).encode())
        )
        if status not in (204, 304) and not any(name.lower() == b"content-length" for name, _ in headers):
            headers = [*headers, (b"content-length", str(len(said)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else said})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve an app on a port; gives its base address."""
    config = uvicorn.Config(
        app, port=port, lifespan="off", log_config=None, timeout_graceful_shutdown=1, access_log=False
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    found = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{found}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def listening(handler: Handler, port: int = 0) -> AsyncIterator[str]:
    """A server that speaks as the handler does, one connection a call; gives its base address."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast(asyncio.Task[None], asyncio.current_task())
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the test is over, or the peer is
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def settings(**told: Any) -> GatewaySettings:
    return GatewaySettings(
        auth_issuer="http://issuer.invalid/realms/catalog",
        identity_url="http://issuer.invalid",
        identity_client_secret="a-secret-of-a-test",
        **told,
    )


@asynccontextmanager
async def gateway(container: Container) -> AsyncIterator[FastAPI]:
    """The gateway over a container, started; nobody signs in."""
    container.adapters.override(Object([container.upstreams()]))
    app = build(container)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def asking(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app in this process."""
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


@asynccontextmanager
async def in_front_of(upstreams: Mapping[str, Any], **told: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway that passes on to these addresses."""
    container = Container(settings=settings(upstreams=upstreams, **told))
    async with gateway(container) as app, asking(app) as client:
        yield client


async def until(check: Callable[[], object], within: float = 5.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(within):
        while not check():  # noqa: ASYNC110  # what is looked at has no event
            await asyncio.sleep(0.005)


async def head(reader: asyncio.StreamReader) -> bytes:
    """The head of a request."""
    return await reader.readuntil(b"\r\n\r\n")
