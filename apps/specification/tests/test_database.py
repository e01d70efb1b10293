"""What is in the database: the row, events with their headers, the audit trail, the way up and down."""

from apps.specification.tests.conftest import Service
from tests.migrations import go_up_down_and_up
from tests.servers import RunningPostgres


async def test_the_row_shows_its_document_as_columns(service: Service) -> None:
    one = await service.defined()
    (row,) = await service.rows("select * from specification")
    assert (row["key"], row["name"], row["status"], row["version"]) == ("phone", "Phone", "DRAFT", 1)
    assert row["body"] == one
    assert row["modified_at"] == row["created_at"]


async def test_the_event_carries_the_state_and_where_it_comes_from(service: Service) -> None:
    answer = await service.post("/specifications", await service.phone(), x_correlation_id="conversation-7")
    (event,) = await service.rows("select * from event_log")
    assert (event["type"], event["aggregate_type"], event["aggregate_version"]) == (
        "specification.defined.v1",
        "specification",
        1,
    )
    assert event["payload"] == answer.json()
    assert event["headers"]["correlationid"] == "conversation-7"
    assert event["headers"]["actor"] == "subject-author"
    assert event["headers"]["traceparent"].split("-")[1] == answer.headers["x-trace-id"]


async def test_each_command_has_one_audit_record(service: Service) -> None:
    one = await service.activated()
    await service.post(f"/specifications/{one['id']}/retire", version=2, role="publisher")
    records = await service.rows("select * from audit order by id")
    assert [(one["subject"], one["what"], one["old_version"], one["new_version"]) for one in records] == [
        ("subject-author", "specification.defined.v1", 0, 1),
        ("subject-author", "specification.activated.v1", 1, 2),
        ("subject-publisher", "specification.retired.v1", 2, 3),
    ]
    assert records[1]["changes"] == {"status": ["DRAFT", "ACTIVE"]}
    assert records[2]["changes"] == {"status": ["ACTIVE", "RETIRED"]}


async def test_migrations_go_up_down_and_up(server: RunningPostgres) -> None:
    await go_up_down_and_up(server.url("specification"), "specification_app", "specification", "publication")
