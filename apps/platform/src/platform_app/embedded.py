"""The embedded stack, the default: one process of ours over a private PostgreSQL and a mongod."""

from collections.abc import Mapping

from platform_app.apps import (
    REALM,
    SERVICES,
    WRITERS,
    App,
    account,
    event_logs,
    gateway_env,
    identity_env,
    service_env,
)
from platform_app.home import Home
from platform_app.processes import Processes
from platform_app.servers.mongod import Mongod
from platform_app.servers.postgres import Postgres
from platform_app.servers.web import Web
from platform_app.stack import Link, Spare, Stack
from platform_app.tcp_ports import LOOPBACK, Kept, assign

PORTS = {"gateway": 8000, "mongod": 27117, "web": 3000}
RECENT_SPANS = 2000
"""Of which `catalog trace` shows those of a trace; a publication has about fifty."""


def embedded(home: Home, *, random: bool, chosen: dict[str, int], web: bool = True) -> Stack:
    """The embedded stack with its ports assigned, with or without the web application."""
    ports = assign(home, PORTS, random=random, chosen=chosen)
    base = f"http://{LOOPBACK}:{ports['gateway']}"
    issuer = _issuer(ports)
    database = postgres(home)
    mongod = Mongod(home, ports["mongod"])
    pages = [Web(home, ports["web"], base)] if web else []

    def env() -> Mapping[str, str]:
        told = {
            **gateway_env(home, ports["gateway"], issuer, base),
            **identity_env(home, ports["gateway"], issuer, database.url("identity")),
        }
        for name in WRITERS:
            urls = {"database_url": database.url(name), **account(home, name)}
            told |= service_env(name, ports["gateway"], issuer, **urls)
        told["PLATFORM_ENGINE_DATABASE_URL"] = database.url("engine")
        told["PLATFORM_RECENT_SPANS"] = str(RECENT_SPANS)
        ratios = {f"{name}_TRACE_RATIO".upper(): "1" for name in ("gateway", "identity", *SERVICES)}
        return told | store_env(home) | ratios

    return Stack(
        home=home,
        ports=ports,
        waves=[
            [database, mongod],
            [App("platform", "platform_app.all_in_one", ports["gateway"], env), *pages],
        ],
        links=[
            *(Link(page.name, page.url, "a demo user") for page in pages),
            Link("gateway", base, "a demo user"),
            Link("interface", f"{base}/api/openapi.json"),
            Link("issuer", issuer),
        ],
        optional={
            mongod.name: Spare("mongod", "The store keeps its documents in memory."),
            **{page.name: Spare("web", "The platform runs without its pages.") for page in pages},
        },
    )


def postgres(home: Home) -> Postgres:
    """The database server of an embedded stack."""
    return Postgres(home, None, ("identity", "engine", *WRITERS))


def store_env(home: Home) -> dict[str, str]:
    """What the store of an embedded stack is told, whose servers have started: MongoDB may be missing."""
    ports = Kept.of(home).ports
    mongod = Mongod(home, ports["mongod"])
    there = any(Processes(home).find(program.name) for program in mongod.programs())
    mongo = {"mongo_url": mongod.url("store")} if there else {}
    told = service_env("store", ports["gateway"], _issuer(ports), **mongo)
    return told | event_logs(postgres(home).url)


def _issuer(ports: Mapping[str, int]) -> str:
    return f"http://{LOOPBACK}:{ports['gateway']}/realms/{REALM}"
