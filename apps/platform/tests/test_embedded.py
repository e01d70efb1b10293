"""What the embedded stack tells the store, with and without a MongoDB."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from platform_app.apps import WRITERS, App
from platform_app.embedded import embedded
from platform_app.home import Home
from platform_app.processes import Processes, Program
from platform_app.servers.web import Web
from platform_app.stack import Link


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home("embedded", tmp_path / "state", tmp_path / "cache")
    home.create()
    yield home
    Processes(home).stop("mongod")


def told(home: Home) -> Mapping[str, str]:
    """What the process is told that is started last."""
    stack = embedded(home, random=True, chosen={}, web=False)
    (app,) = stack.waves[-1]
    assert isinstance(app, App)
    return app.env()


def test_where_mongodb_is_missing_the_store_has_the_event_logs_alone(home: Home) -> None:
    env = told(home)
    assert "STORE_MONGO_URL" not in env
    assert "STORE_DATABASE_URL" not in env
    logs = json.loads(env["STORE_EVENT_LOGS"])
    assert logs == {name: env[f"{name.upper()}_DATABASE_URL"] for name in WRITERS}


def test_the_issuer_and_the_service_are_told_one_secret_that_is_not_the_gateways(home: Home) -> None:
    env = told(home)
    clients = json.loads(env["IDENTITY_SERVICE_CLIENTS"])
    assert clients == {
        "specification": {
            "secret": env["SPECIFICATION_CLIENT_SECRET"],
            "roles": ["reader"],
            "audience": ["characteristic"],
        }
    }
    assert len({env[f"{name}_CLIENT_SECRET"] for name in ("SPECIFICATION", "IDENTITY")}) == 2
    assert not any(env.get(f"{name.upper()}_CLIENT_SECRET") for name in WRITERS if name not in clients)


def test_where_mongodb_runs_the_store_is_told_its_address(home: Home) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    Processes(home).start(Program(name="mongod", command=sleeping, ready=lambda: True))
    assert told(home)["STORE_MONGO_URL"].startswith("mongodb://catalog:")


def test_mongodb_is_there_before_the_platform_starts(home: Home) -> None:
    first, last = embedded(home, random=True, chosen={}, web=False).waves
    assert [server.name for server in (*first, *last)] == ["PostgreSQL", "MongoDB", "platform"]


def test_the_pages_start_last_and_the_platform_runs_without_them(home: Home) -> None:
    stack = embedded(home, random=True, chosen={})
    *_, pages = stack.waves[-1]
    assert isinstance(pages, Web)
    assert pages.name in stack.optional
    assert (pages.port, pages.gateway) == (
        stack.ports["web"],
        f"http://127.0.0.1:{stack.ports['gateway']}",
    )
    assert stack.links[0] == Link("web application", pages.url, "a demo user")
    (program,) = pages.programs()
    assert len(program.env["CATALOG_SESSION_SECRET"]) >= 32
    assert program.env["CATALOG_SESSION_SECRET"] == pages.programs()[0].env["CATALOG_SESSION_SECRET"]
    assert program.env["HOSTNAME"] == "127.0.0.1"
