"""What is in the database: events with their headers, the audit trail, the columns, the way up and down."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from apps.characteristic.tests.conftest import COLOUR, Service
from characteristic.domain import Characteristic, Definition, ValueType
from kernel.auth import PLATFORM
from kernel.errors import Invalid
from kernel.messaging import LARGEST
from tests.migrations import go_up_down_and_up


async def test_the_row_shows_its_document_as_columns(service: Service) -> None:
    one = await service.defined()
    (row,) = await service.rows("select * from characteristic")
    assert (row["key"], row["name"], row["value_type"], row["unit"], row["status"], row["version"]) == (
        "colour",
        "Colour",
        "choice",
        None,
        "ACTIVE",
        1,
    )
    assert row["body"] == one
    assert row["modified_at"] == row["created_at"]


async def test_the_event_carries_the_state_and_where_it_comes_from(service: Service) -> None:
    answer = await service.define(x_correlation_id="conversation-7")
    (event,) = await service.rows("select * from event_log")
    assert (event["type"], event["aggregate_type"], event["aggregate_version"]) == (
        "characteristic.defined.v1",
        "characteristic",
        1,
    )
    assert str(event["aggregate_id"]) == answer.json()["id"]
    assert event["payload"] == answer.json()
    headers = event["headers"]
    assert headers["correlationid"] == "conversation-7"
    assert headers["actor"] == "subject-author"
    assert headers["traceparent"].split("-")[1] == answer.headers["x-trace-id"]


async def test_the_outbox_shows_what_was_sent(service: Service) -> None:
    await service.defined()

    async def status() -> Any:
        return [row["status"] for row in await service.rows("select status from outbox")]

    for _ in range(100):
        if await status() == ["SENT"]:
            break
        await asyncio.sleep(0.05)
    assert await status() == ["SENT"]
    assert await service.rows("select * from outbox_pending") == []


async def test_each_command_has_one_audit_record(service: Service) -> None:
    one = await service.defined()
    await service.revise(one["id"], {**COLOUR, "name": "Case colour", "description": "New."}, 1)
    await service.revise(one["id"], {**COLOUR, "name": ""}, 2)
    address = f"/characteristics/{one['id']}"
    await service.http.post(f"{address}/deprecate", headers=service.headers("publisher", if_match='"2"'))
    await service.http.delete(address, headers=service.headers("operator", if_match='"3"'))
    records = await service.rows("select * from audit order by id")
    assert [(one["subject"], one["name"], one["what"]) for one in records] == [
        ("subject-author", "author", "characteristic.defined.v1"),
        ("subject-author", "author", "characteristic.revised.v1"),
        ("subject-publisher", "publisher", "characteristic.deprecated.v1"),
        ("subject-operator", "operator", "characteristic.deleted.v1"),
    ]
    assert [(one["old_version"], one["new_version"]) for one in records] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert records[0]["changes"]["key"] == [None, "colour"]
    assert records[1]["changes"] == {"name": ["Colour", "Case colour"], "description": ["", "New."]}
    assert records[2]["changes"] == {"status": ["ACTIVE", "DEPRECATED"]}
    assert records[3]["changes"] == {}
    assert {one["correlation_id"] == "" for one in records} == {False}


@pytest.mark.parametrize("change", ["update audit set name = 'x'", "delete from audit", "truncate audit"])
async def test_the_audit_trail_can_only_grow(service: Service, change: str) -> None:
    await service.defined()
    with pytest.raises(DBAPIError, match="the audit trail can only grow"):
        async with service.database.begin() as connection:
            await connection.execute(text(change))
    assert len(await service.rows("select * from audit")) == 1


async def test_migrations_go_up_down_and_up(url: str) -> None:
    await go_up_down_and_up(url, "characteristic_app", "characteristic")


async def test_what_no_event_could_carry_is_not_stored(service: Service) -> None:
    one = Characteristic.define(Definition(name="Colour", value_type=ValueType.TEXT))
    one.description = "x" * LARGEST  # no rule lets this pass; the store does not rely on that

    async def save() -> None:
        async with service.container.begin()(PLATFORM) as work:
            await work.characteristics.save(one)

    with pytest.raises(Invalid, match="too large"):
        await save()
    assert await service.counts() == {"characteristic": 0, "event_log": 0, "audit": 0, "reply": 0}
