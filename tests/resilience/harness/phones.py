"""A catalogue of phones, to fill the store with."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
from pymongo.database import Database

from platform_app import embedded
from tests.worlds import World

Documents = Database[dict[str, Any]]


@contextmanager
def documents_of(world: World) -> Iterator[Documents]:
    """The database of the store of an embedded stack."""
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
        embedded.store_env(world.home)["STORE_MONGO_URL"], serverSelectionTimeoutMS=5000
    )
    with client:
        yield client["store"]


def pointer_of(documents: Documents) -> dict[str, Any]:
    """The document that says which edition is read."""
    found = documents["store"].find_one({"_id": "pointer"})
    assert found is not None
    return found


def catalogue(count: int) -> Iterator[dict[str, Any]]:
    """Phones of many sizes at a price each."""
    colours = [{"code": code, "label": code.title()} for code in ("red", "green", "blue")]
    yield {
        "kind": "characteristic",
        "key": "colour",
        "name": "Colour",
        "valueType": "choice",
        "allowedValues": colours,
    }
    yield {"kind": "characteristic", "key": "memory", "name": "Memory", "valueType": "integer", "unit": "GB"}
    uses = [{"characteristic": key, "required": True} for key in ("colour", "memory")]
    yield {"kind": "specification", "key": "phone", "name": "Phone", "uses": uses, "status": "ACTIVE"}
    for index in range(20):
        money = {"amount": f"{10 + index}.00", "currency": "EUR"}
        yield {
            "kind": "price",
            "key": f"price-{index}",
            "name": f"Price {index}",
            "priceKind": "ONE_TIME",
            "money": money,
        }
    for index in range(count):
        yield {
            "kind": "offering",
            "key": f"phone-{index}",
            "name": f"Phone number {index}",
            "category": f"phones/line-{index % 10}",
            "specification": "phone",
            "prices": [f"price-{index % 20}"],
            "values": {"colour": ("red", "green", "blue")[index % 3], "memory": 2 ** (index % 6)},
        }


def imported(world: World, folder: Path, count: int) -> None:
    """Import and publish the catalogue, as an author would, and wait until shoppers see it."""
    file = folder / "catalogue.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in catalogue(count)))
    world.catalog("import", str(file), "--publish")
    deadline = time.monotonic() + 60
    while world.get("/api/store/offerings", params={"limit": 1}).json()["total"] < count:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def drift(said: str) -> Counter[str]:
    """How much differs from the event logs in which way, as `catalog store verify` says in its last line."""
    found = Counter[str]()
    for count, what in re.findall(r"(\d+) (missing|stale|extra|changed)\b", said):
        found[what] += int(count)
    return found
