"""What is in the database: the columns, and the way up and down."""

from datetime import datetime
from uuid import UUID

from apps.offering.tests.conftest import GALAXY, Service
from tests.migrations import go_up_down_and_up


async def test_the_row_shows_its_document_as_columns(service: Service) -> None:
    one = await service.published()
    wanted = {**GALAXY, "name": "Galaxy Plus", "category": "phones"}
    columns = "select key, name, category, status, version, body from offering"
    assert await service.rows(columns) == [
        {
            "key": "galaxy",
            "name": "Galaxy",
            "category": "phones/android",
            "status": "PUBLISHED",
            "version": 3,
            "body": one,
        }
    ]
    answer = await service.put(f"/offerings/{one['id']}", wanted, 3)
    (row,) = await service.rows(columns)
    assert (row["name"], row["category"], row["body"]) == ("Galaxy Plus", "phones", answer.json())
    assert row["body"]["live"] == GALAXY


async def test_a_publication_shows_its_document_as_columns(service: Service) -> None:
    one = await service.drafted()
    publication = await service.ended(await service.requested(one["id"], 1))
    told = {"nextAction", "note"}  # beside what is kept
    assert await service.rows("select * from publication") == [
        {
            "id": UUID(publication["id"]),
            "body": {
                **{name: value for name, value in publication.items() if name not in told},
                "waitsWith": None,
            },
            "offering_id": UUID(one["id"]),
            "status": "PUBLISHED",
            "offering_key": "galaxy",
            "requested_at": datetime.fromisoformat(publication["requestedAt"]),
            "ended_at": datetime.fromisoformat(publication["endedAt"]),
            "waiting": False,
            "without_steps": False,
        }
    ]


async def test_migrations_go_up_down_and_up(url: str) -> None:
    await go_up_down_and_up(url, "offering_app", "offering", "publication")
