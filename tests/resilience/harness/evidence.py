"""What the databases have: the service's own table and log, and what its consumer made of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Logged:
    """An event in the log of the service."""

    id: UUID
    aggregate: UUID
    version: int
    type: str
    body: Body


@dataclass(frozen=True)
class Kept:
    """A document: a row of the service, or of the consumer's copy."""

    version: int
    body: Body
    deleted: bool = False


@dataclass(frozen=True)
class Evidence:
    """Everything, by aggregate where it is about one.

    `effects` are the ids of the events that were applied, one for each time. `heard` are the handlings, in
    the order of their beginning: aggregate and version.
    """

    log: Sequence[Logged]
    rows: Mapping[UUID, Kept]
    copies: Mapping[UUID, Kept]
    effects: Sequence[UUID]
    heard: Sequence[tuple[UUID, int]]


async def read_evidence(service_url: str, copy_url: str, heard: Path) -> Evidence:
    """Read it, once all is quiet. The addresses are asyncpg's; `heard` is the consumer's file."""
    log, rows = await read_service(service_url)
    copy = await asyncpg.connect(copy_url)
    try:
        return Evidence(
            log=log,
            rows=rows,
            copies={
                id: Kept(version, json.loads(body), deleted)
                for id, version, body, deleted in await copy.fetch(
                    "select aggregate_id, version, body, deleted from copy"
                )
            },
            effects=[id for (id,) in await copy.fetch("select event_id from effect")],
            heard=_heard(heard),
        )
    finally:
        copy.terminate()


async def read_service(url: str) -> tuple[list[Logged], dict[UUID, Kept]]:
    """The event log of the characteristic service, in the order of versions, and its rows."""
    service = await asyncpg.connect(url)
    try:
        log = [
            Logged(id, aggregate, version, type, json.loads(body))
            for id, aggregate, version, type, body in await service.fetch(
                "select event_id, aggregate_id, aggregate_version, type, payload from event_log"
                " order by aggregate_id, aggregate_version"
            )
        ]
        found = await service.fetch("select id, version, body from characteristic")
    finally:
        service.terminate()
    return log, {id: Kept(version, json.loads(body)) for id, version, body in found}


def _heard(file: Path) -> list[tuple[UUID, int]]:
    lines = file.read_text().splitlines() if file.exists() else []
    return [(UUID(aggregate), int(version)) for aggregate, version in map(str.split, lines)]
