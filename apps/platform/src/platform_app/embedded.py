"""The embedded stack, the default: one process of ours over a private PostgreSQL and a mongod."""

from collections.abc import Mapping

from platform_app.apps import REALM, SERVICES, App, gateway_env, identity_env, service_env
from platform_app.home import Home
from platform_app.ports import LOOPBACK, assign
from platform_app.servers.mongod import Mongod
from platform_app.servers.postgres import Postgres
from platform_app.stack import Link, Spare, Stack

PORTS = {"gateway": 8000, "mongod": 27117}


def embedded(home: Home, *, random: bool, chosen: dict[str, int]) -> Stack:
    """The embedded stack with its ports assigned."""
    ports = assign(home, PORTS, random=random, chosen=chosen)
    base = f"http://{LOOPBACK}:{ports['gateway']}"
    issuer = f"{base}/realms/{REALM}"
    database = postgres(home)
    mongod = Mongod(home, ports["mongod"])

    def env() -> Mapping[str, str]:
        return {
            **gateway_env(home, ports["gateway"], issuer, base),
            **identity_env(home, ports["gateway"], issuer, database.url("identity")),
            **{
                variable: value
                for name in SERVICES
                for variable, value in service_env(name, ports["gateway"], issuer, database.url(name)).items()
            },
        }

    return Stack(
        home=home,
        ports=ports,
        waves=[[database], [App("platform", "platform_app.all_in_one", ports["gateway"], env), mongod]],
        links=[
            Link("gateway", base, "a demo user"),
            Link("interface", f"{base}/api/openapi.json"),
            Link("issuer", issuer),
        ],
        optional={mongod.name: Spare("mongod", "The store will keep its read model in memory.")},
    )


def postgres(home: Home) -> Postgres:
    """The database server of an embedded stack."""
    return Postgres(home, None, ("identity", *SERVICES))
