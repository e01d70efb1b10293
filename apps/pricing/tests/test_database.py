"""What is in the database: the columns, the events, the audit trail, the way up and down."""

from decimal import Decimal

from apps.pricing.tests.conftest import MONTHLY, TRAFFIC, Service
from tests.migrations import go_up_down_and_up


async def test_the_row_shows_its_document_as_columns(service: Service) -> None:
    monthly, traffic = await service.defined(MONTHLY), await service.defined(TRAFFIC)
    held = (await service.hold(traffic["id"])).json()
    rows = await service.rows("select * from price order by name")
    assert [
        (row["key"], row["name"], row["kind"], row["currency"], row["amount"], row["locked"], row["version"])
        for row in rows
    ] == [
        ("monthly-fee", "Monthly fee", "RECURRING", "EUR", Decimal("39.90"), False, 1),
        ("traffic", "Traffic", "USAGE", "USD", None, True, 2),
    ]
    assert [row["body"] for row in rows] == [monthly, held]


async def test_the_event_carries_the_state(service: Service) -> None:
    one = await service.defined(TRAFFIC)
    held = (await service.hold(one["id"])).json()
    events = await service.rows("select * from event_log order by seq")
    assert [(event["type"], event["aggregate_type"], event["payload"]) for event in events] == [
        ("price.defined.v1", "price", one),
        ("price.locked.v1", "price", held),
    ]


async def test_each_command_has_one_audit_record(service: Service) -> None:
    one = await service.defined(MONTHLY)
    await service.revise(one["id"], {**MONTHLY, "money": {"amount": "45", "currency": "EUR"}}, 1)
    await service.revise(one["id"], {**MONTHLY, "period": None}, 2)
    held = (await service.hold(one["id"])).json()["holds"]
    await service.release(one["id"], held[0]["publicationId"])
    await service.delete(f"/prices/{one['id']}", 4, role="publisher")
    records = await service.rows("select * from audit order by id")
    assert [(one["name"], one["what"], one["old_version"], one["new_version"]) for one in records] == [
        ("author", "price.defined.v1", 0, 1),
        ("author", "price.revised.v1", 1, 2),
        ("operator", "price.locked.v1", 2, 3),
        ("operator", "price.released.v1", 3, 4),
        ("publisher", "price.deleted.v1", 4, 5),
    ]
    was, became = ({"amount": amount, "currency": "EUR"} for amount in ("39.90", "45.00"))
    assert records[1]["changes"] == {"money": [was, became]}
    assert records[2]["changes"] == {"holds": [[], held], "lastToken": [0, 1], "locked": [False, True]}
    assert records[3]["changes"] == {"holds": [held, []], "locked": [True, False]}


async def test_migrations_go_up_down_and_up(url: str) -> None:
    await go_up_down_and_up(url, "pricing_app", "price", "sale")
