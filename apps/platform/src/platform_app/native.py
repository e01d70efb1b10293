"""The native stack: the real servers as ordinary processes of this machine, and one process per app."""

import json
from collections.abc import Mapping

from platform_app.apps import SERVICES, WRITERS, App, account, event_logs, gateway_env, service_env
from platform_app.home import Home
from platform_app.servers.camunda import USERS, Camunda, Database, Flavour
from platform_app.servers.keycloak import Keycloak
from platform_app.servers.mongod import Mongod
from platform_app.servers.postgres import Postgres
from platform_app.servers.rabbitmq import RabbitMQ
from platform_app.servers.web import Web
from platform_app.servers.zipkin import Zipkin
from platform_app.stack import Link, Spare, Stack
from platform_app.tcp_ports import LOOPBACK, Kept, assign

PORTS = {
    "gateway": 8000,
    "web": 3000,
    "characteristic": 8002,
    "specification": 8003,
    "pricing": 8004,
    "offering": 8005,
    "store": 8006,
    "postgres": 15432,
    "rabbitmq": 5673,
    "rabbitmq-management": 15673,
    "rabbitmq-node": 25673,
    "rabbitmq-epmd": 4370,
    "mongod": 27118,
    "keycloak": 8180,
    "keycloak-health": 9180,
    "engine": 8181,
    "zipkin": 9412,
}
"""Beside the servers' usual ports, so that a machine that runs one of them anyway can run this stack too."""
ASKED = {"specification": ("characteristic",), "offering": ("pricing", "specification", "store")}
"""Which services a service asks over HTTP."""


def native(home: Home, *, random: bool, chosen: dict[str, int], engine: Flavour, web: bool = True) -> Stack:
    """The native stack with its ports assigned and the chosen process engine."""
    ports = assign(home, PORTS, random=random, chosen=chosen)
    postgres = Postgres(home, ports["postgres"], (engine, *WRITERS))
    rabbitmq = _rabbitmq(home, ports)
    mongod = Mongod(home, ports["mongod"])
    keycloak = _keycloak(home, ports)
    zipkin = Zipkin(home, ports["zipkin"])
    tables = Database(port=ports["postgres"], name=engine, user=engine, password=postgres.password(engine))
    camunda = Camunda(home, ports["engine"], tables, engine)
    base = f"http://{LOOPBACK}:{ports['gateway']}"
    pages = [Web(home, ports["web"], base)] if web else []

    def tracing(name: str) -> Mapping[str, str]:
        told = {
            "TRACE_EXPORTER": "zipkin",
            "TRACE_ENDPOINT": f"{zipkin.url}/api/v2/spans",
            "TRACE_RATIO": "1",
        }
        return {f"{name.upper()}_{variable}": value for variable, value in told.items()}

    def engine_url(name: str) -> Mapping[str, str]:
        return {"engine_url": camunda.url_of(name)} if name in USERS else {}

    services = {name: f"http://{LOOPBACK}:{ports[name]}" for name in SERVICES}

    def gateway() -> Mapping[str, str]:
        door = gateway_env(home, ports["gateway"], keycloak.issuer, keycloak.url)
        return {**door, "GATEWAY_UPSTREAMS": json.dumps(services), **tracing("gateway")}

    def service(name: str) -> App:
        def env() -> Mapping[str, str]:
            asks = {f"{other}_url": services[other] for other in ASKED.get(name, ())}
            urls = {
                "database_url": postgres.url(name),
                "broker_url": rabbitmq.url,
                **asks,
                **engine_url(name),
            }
            urls |= account(home, name)
            return {**service_env(name, ports[name], keycloak.issuer, **urls), **tracing(name)}

        return App(name, f"{name}_app.main", ports[name], env)

    def store() -> Mapping[str, str]:
        return {**store_env(home), "STORE_ENGINE_URL": camunda.url_of("store"), **tracing("store")}

    return Stack(
        home=home,
        ports=ports,
        waves=[
            [postgres, rabbitmq, mongod, zipkin, keycloak],
            [
                camunda,
                App("gateway", "gateway_app.main", ports["gateway"], gateway),
                *map(service, WRITERS),
                App("store", "store_app.main", ports["store"], store),
                *pages,
            ],
        ],
        links=[
            *(Link(page.name, page.url, "a demo user") for page in pages),
            Link("gateway", base, "a demo user"),
            Link("interface", f"{base}/api/openapi.json"),
            *(Link(name, url) for name, url in services.items()),
            Link("Keycloak", f"{keycloak.url}/admin/", "catalog-admin"),
            Link("RabbitMQ", rabbitmq.management, "catalog"),
            Link(camunda.name, camunda.cockpit, "catalog"),
            Link("Zipkin", f"{zipkin.url}/zipkin/"),
            Link("PostgreSQL", f"{LOOPBACK}:{ports['postgres']}", "postgres"),
            Link("MongoDB", f"{LOOPBACK}:{ports['mongod']}", "catalog"),
        ],
        optional={page.name: Spare("web", "The platform runs without its pages.") for page in pages},
    )


def postgres(home: Home) -> Postgres:
    """The database server of a native stack that has been up."""
    return Postgres(home, Kept.of(home).ports["postgres"], WRITERS)


def broker(home: Home) -> RabbitMQ:
    """The broker of a native stack that has been up."""
    return _rabbitmq(home, Kept.of(home).ports)


def store_env(home: Home) -> dict[str, str]:
    """What the store of a native stack is told, whose ports are assigned."""
    ports = Kept.of(home).ports
    urls = {"mongo_url": Mongod(home, ports["mongod"]).url("store"), "broker_url": broker(home).url}
    told = service_env("store", ports["store"], _keycloak(home, ports).issuer, **urls)
    return told | event_logs(postgres(home).url)


def _keycloak(home: Home, ports: Mapping[str, int]) -> Keycloak:
    return Keycloak(home, ports["keycloak"], ports["keycloak-health"])


def _rabbitmq(home: Home, ports: Mapping[str, int]) -> RabbitMQ:
    names = ("rabbitmq", "rabbitmq-management", "rabbitmq-node", "rabbitmq-epmd")
    return RabbitMQ(home, *(ports[name] for name in names))
