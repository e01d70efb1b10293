"""What the chassis costs: a request through it beside the same answer without it, in one run."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import jwt
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Floor
from bench.load import Measured, get, measure
from bench.processes import Servers
from kernel.http.limits import shape
from kernel.jwks import Jwks
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from kernel.tokens import VerifyToken
from tests.contract.forged import Forge


def requests(servers: Servers) -> dict[str, Measured]:
    """Measure each server in turn, so that they do not share the machine."""
    found: dict[str, Measured] = {}
    with ExitStack() as issuer:
        keys, _ = servers.start(issuer, "keys")
        token = servers.token(keys, "gateway")
        for what, name, path in (
            ("floor: Starlette, JSON", "floor", "/healthz"),
            ("FastAPI, the same route", "fastapi", "/healthz"),
            ("gateway /healthz", "gateway", "/healthz"),
            ("gateway /api/whoami, token verified", "gateway", "/api/whoami"),
        ):
            with ExitStack() as stack:
                extra = (f"http://127.0.0.1:{keys}/realms/catalog",) if name == "gateway" else ()
                port, pid = servers.start(stack, name, *extra)
                given = token if path == "/api/whoami" else ""
                found[what] = asyncio.run(measure(port, get(path, given), pid))
    return found


def micros(call: Callable[[], object], count: int) -> float:
    """Microseconds of CPU for one call."""
    begin = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - begin) / count * 1e6


def verification() -> tuple[float, float]:
    """Microseconds to verify a token: by the library alone, and by us."""
    forge = Forge("http://issuer.invalid/realms/catalog", "gateway")
    token, key = forge.honest(), forge.key.public_key()

    def bare() -> object:
        return jwt.decode(token, key, algorithms=["RS256"], audience="gateway", issuer=forge.issuer)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=forge.jwks())

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    verify = VerifyToken(Jwks(http, "http://issuer.invalid/certs"), forge.issuer, "gateway")

    async def ours(count: int) -> float:
        await verify(token)
        begin = time.process_time()
        for _ in range(count):
            await verify(token)
        return (time.process_time() - begin) / count * 1e6

    return micros(bare, 2000), asyncio.run(ours(2000))


def nesting() -> tuple[float, float]:
    """Microseconds for a body of one megabyte: to parse it, and to count and look how deep it nests."""
    row = {"key": "fibre-500", "name": 'Fibre "500"', "values": [1, 2, 3, {"a": "b"}]}
    body = json.dumps([row] * 11_000).encode()[: 1024 * 1024]
    whole = body[: body.rindex(b"},")] + b"}]"
    return micros(lambda: json.loads(whole), 20), micros(lambda: shape(whole), 20)


def main(console: Console) -> Sequence[Figure]:
    """Print the tables; returns their figures."""
    with TemporaryDirectory() as folder:
        served = requests(Servers(Path(folder)))
    table = Table("what", "requests/s", "CPU us/request", "x floor")
    (least, floor), *_, (what, whole) = served.items()
    for name, one in served.items():
        table.add_row(name, f"{one.rate:,.0f}", f"{one.cpu:.0f}", f"{one.cpu / floor.cpu:.1f}")
    console.print(table)
    figures = [
        Figure(
            part="chassis",
            what=f"CPU of a request, {what}",
            value=whole.cpu,
            unit="us",
            floor=Floor(least.removeprefix("floor: "), floor.cpu),
        )
    ]
    table = Table("what", "us", "x floor")
    for name, by, (bare, ours) in (
        ("verify a token", "PyJWT alone", verification()),
        ("nesting of 1 MB", "json.loads", nesting()),
    ):
        table.add_row(f"{name}: floor", f"{bare:.0f}", "1.0")
        table.add_row(f"{name}: ours", f"{ours:.0f}", f"{ours / bare:.1f}")
        figures.append(
            Figure(part="chassis", what=f"CPU, {name}", value=ours, unit="us", floor=Floor(by, bare))
        )
    console.print(table)
    return figures


if __name__ == "__main__":
    configure_logging("bench", LogSettings(log_level="error"))
    main(Console())
