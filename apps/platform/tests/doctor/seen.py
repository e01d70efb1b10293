"""Stacks as the doctor has seen them: all is well, but for what a test changes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from platform_app.doctor.facts import (
    BROKER,
    Breaker,
    Dependency,
    Facts,
    Health,
    Publications,
    Queued,
    StoreStatus,
)
from platform_app.doctor.findings import Finding, Level
from platform_app.doctor.judging import findings_of
from platform_app.report import Running

NOW = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)
WRITERS = ("characteristic", "specification", "pricing", "offering")
SERVERS = ("postgres", "rabbitmq", "mongod", "keycloak", "camunda")
IDLE: Mapping[str, Any] = {"mode": "notify", "pending": 0, "failing": 0, "oldestSeconds": 0.0}


def running(*names: str, ended: tuple[str, ...] = ()) -> list[Running]:
    """Processes of 100 MB each; those in `ended` have died."""
    return [Running(name) if name in ended else Running(name, 1, 100, 60) for name in names]


def health(*down: str, status: str = "", outbox: Mapping[str, Any] = IDLE) -> Health:
    """An app with a database and an outbox, of which some are down."""
    needed = {
        "postgres": Dependency(True),
        "outbox": Dependency(True, outbox),
        **{name: Dependency(False) for name in down},
    }
    return Health(status or ("degraded" if down else "ready"), needed)


def apps(**changed: Any) -> dict[str, Any]:
    """All apps of the native stack, which are ready."""
    every = {name: health() for name in WRITERS}
    return {"gateway": Health("ready"), **every, "store": Health("ready"), **changed}


def native(**changed: Any) -> Facts:
    """A native stack in which all is well, but for what is changed."""
    well: dict[str, Any] = {
        "stack": "native",
        "home": "/catalog/native",
        "seen_at": NOW,
        "processes": running(*SERVERS, "gateway", *WRITERS, "store"),
        "apps": apps(),
        "signed_in": None,
        "publications": Publications(),
        "store": StoreStatus(1442, 0, 0.123),
        "rebuilding": False,
        "queues": {name: Queued(0, 0, 1) for name in (*WRITERS, "store")},
        "parked": {BROKER: {}, **{name: {} for name in WRITERS}},
        "breakers": [Breaker("gateway", "service pricing at http://p", "closed")],
        "free": 12_300_000_000,
    }
    return Facts(**{**well, **changed})


def embedded(**changed: Any) -> Facts:
    """An embedded stack in which all is well, but for what is changed."""
    here: dict[str, Any] = {
        "stack": "embedded",
        "home": "/catalog/embedded",
        "processes": running("postgres", "mongod", "platform"),
        "apps": {**apps(), "identity": health()},
        "queues": None,
        "parked": {name: {} for name in WRITERS},
        "breakers": [],
    }
    return native(**{**here, **changed})


def found(facts: Facts, about: str) -> list[tuple[Level, str, str, str]]:
    """Level, name, sentence and command of the findings about something."""
    return [(one.level, one.name, one.said, one.command) for one in findings_of(facts) if one.about == about]


def bad(facts: Facts) -> list[Finding]:
    """The findings that are not well."""
    return [one for one in findings_of(facts) if one.level is not Level.WELL]
