"""How offerings, publications and commands look in JSON: pydantic reads the domain's classes as they are."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from kernel.errors import Problem
from kernel.process import Instance, State
from kernel.validity import Validity
from offering.domain import Content, Failure, Offering, Publication, Status, account_of
from offering.use_cases.draft import Draft
from offering.use_cases.reject import Reject
from offering.use_cases.revise import Revise

ONE, TWO = UUID(int=1), UUID(int=2)
CONTENT = Content(
    name="Galaxy",
    description="A phone.",
    category="phones/android",
    specification_id=ONE,
    price_ids=(TWO, ONE),
    values={"ram": 8, "weight": 0.125, "wireless": True, "colour": ["red", "blue"], "diagonal": "12.50"},
    valid_for=Validity(from_=datetime(2026, 1, 31, tzinfo=UTC)),
    image_url="https://images.example/galaxy.png",
)
JSON: dict[str, Any] = {
    "name": "Galaxy",
    "description": "A phone.",
    "category": "phones/android",
    "specificationId": str(ONE),
    "priceIds": [str(TWO), str(ONE)],
    "values": {"ram": 8, "weight": 0.125, "wireless": True, "colour": ["red", "blue"], "diagonal": "12.50"},
    "validFor": {"from": "2026-01-31T00:00:00Z", "to": None},
    "imageUrl": "https://images.example/galaxy.png",
}


def test_an_offering_survives_json() -> None:
    adapter = TypeAdapter(Offering)
    failure = Failure.of(
        TWO, "PRICE_EXPIRED", "Too late.", [Problem("price", "Too late.", "/draft/priceIds/0")]
    )
    offering = Offering(
        key="galaxy",
        status=Status.PUBLISHED,
        draft=CONTENT,
        live=Content(name="Old"),
        publication_id=TWO,
        failure=failure,
    )
    body = adapter.dump_json(offering, by_alias=True)
    assert adapter.validate_json(body) == offering
    read = json.loads(body)
    assert read.keys() == {
        *("id", "version", "createdAt", "createdBy", "modifiedAt", "modifiedBy"),
        *("key", "status", "draft", "live", "publicationId", "failure", "publishedAt"),
    }
    assert read["draft"] == JSON
    assert read["failure"] == {
        "code": "PRICE_EXPIRED",
        "message": "Too late.",
        "problems": [{"code": "price", "message": "Too late.", "pointer": "/draft/priceIds/0"}],
        "publicationId": str(TWO),
    }


def test_a_publication_survives_json() -> None:
    adapter = TypeAdapter(Publication)
    offering = Offering(key="galaxy", publication_id=TWO, draft=CONTENT)
    offering.stamp("pat")
    publication = Publication.of(offering)
    publication.fail(Failure.of(TWO, "PRICE_EXPIRED", "Too late.", []))
    body = adapter.dump_json(publication, by_alias=True)
    assert adapter.validate_json(body) == publication
    assert json.loads(body).keys() == {
        *("id", "offeringId", "offeringKey", "offeringVersion", "status"),
        *("requestedAt", "requestedBy", "endedAt", "cause", "problems", "steps", "waitsWith"),
    }
    assert json.loads(body)["cause"] == {"code": "PRICE_EXPIRED", "message": "Too late."}
    gone = Instance(business_key="", state=State.COMPLETED, activities=(), incidents=())
    publication.keep(account_of(publication, gone).steps or ())
    body = adapter.dump_json(publication, by_alias=True)
    assert adapter.validate_json(body) == publication
    assert json.loads(body)["steps"][0] == {
        "name": "lock_prices",
        "title": "Lock prices",
        "state": "SKIPPED",
        "attempts": 0,
        "startedAt": None,
        "endedAt": None,
        "problem": None,
    }


def test_a_publication_of_before_there_were_steps_is_read() -> None:
    adapter = TypeAdapter(Publication)
    offering = Offering(key="galaxy", publication_id=TWO, draft=CONTENT)
    offering.stamp("pat")
    body = json.loads(adapter.dump_json(Publication.of(offering), by_alias=True))
    del body["problems"], body["steps"]
    assert adapter.validate_python(body) == Publication.of(offering)


def test_what_is_sent_is_read_exactly() -> None:
    wanted = TypeAdapter(Draft).validate_python({**JSON, "key": "galaxy-s"})
    assert (wanted.key, wanted.tidied()) == ("galaxy-s", CONTENT)
    kinds = {key: type(value) for key, value in wanted.values.items()}
    assert kinds == {"ram": int, "weight": float, "wireless": bool, "colour": list, "diagonal": str}


@pytest.mark.parametrize(
    "extra",
    [
        {"key": "x"},
        {"status": "PUBLISHED"},
        {"validFor": {"until": None}},
        {"specificationId": "phone"},
        {"priceIds": None},
        {"values": []},
    ],
)
def test_a_revision_has_no_key_and_no_unknown_names(extra: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Revise).validate_python({"name": "x", **extra})


def test_a_rejection_is_read() -> None:
    body = {
        "publicationId": str(ONE),
        "code": "SPECIFICATION_INVALID",
        "message": "It does not fit.",
        "problems": [{"code": "required", "message": "RAM is missing.", "pointer": "/draft/values/ram"}],
    }
    assert TypeAdapter(Reject).validate_python(body) == Reject(
        publication_id=ONE,
        code="SPECIFICATION_INVALID",
        message="It does not fit.",
        problems=(Problem("required", "RAM is missing.", "/draft/values/ram"),),
    )
