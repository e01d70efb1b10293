"""P26: what differs from the event logs is found, all of it and nothing else, and is repaired."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tests.resilience.harness.phones import Documents, documents_of, drift, imported, pointer_of
from tests.resilience.harness.sizes import chosen_seed, sized
from tests.worlds import World, world_of

pytestmark = pytest.mark.real

OFFERINGS = sized(200)
EACH = 10
"""Documents that are spoiled in each of eight ways."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A stack of its own."""
    with world_of("embedded") as world:
        yield world


@pytest.fixture
def documents(world: World) -> Iterator[Documents]:
    """The store's own database, behind its back."""
    with documents_of(world) as documents:
        yield documents


def spoil(documents: Documents, seed: int) -> Counter[str]:
    """Spoil so many documents of the edition that is read; returns how many ought to be found as what."""
    choose = random.Random(seed)  # noqa: S311  # a choice, not a secret
    number = pointer_of(documents)["active"]
    copies, entries = documents[f"copies__{number}"], documents[f"entries__{number}"]
    ids = [one["_id"] for one in entries.find({}, {"_id": 1})]
    choose.shuffle(ids)
    missing, stale, flipped, moved, ahead, bare, torn = (
        ids[EACH * index : EACH * (index + 1)] for index in range(7)
    )
    entries.delete_many({"_id": {"$in": missing}})
    entries.update_many({"_id": {"$in": stale}}, {"$inc": {"v": -1}})
    entries.update_many({"_id": {"$in": flipped}}, {"$set": {"name": "spoiled"}})
    entries.update_many({"_id": {"$in": moved}}, {"$set": {"categories": ["elsewhere"]}})
    entries.update_many({"_id": {"$in": ahead}}, {"$inc": {"v": 1}})
    entries.update_many({"_id": {"$in": bare}}, {"$set": {"refs": []}})
    spoiled = {"entry": "{", "stale": datetime.now(UTC)}  # the refresher mends these: they are no drift
    entries.update_many({"_id": {"$in": torn}}, {"$set": spoiled})
    some = copies.find_one({"of": "price"}, {"_id": 0})
    assert some is not None
    copies.insert_many([{"_id": str(uuid4()), **some} for _ in range(EACH)])
    return Counter(missing=EACH, stale=EACH, changed=4 * EACH, extra=EACH)


def test_all_drift_is_found_and_repaired(world: World, documents: Documents, tmp_path: Path) -> None:
    imported(world, tmp_path, OFFERINGS)
    assert "is what the event logs say" in world.catalog("store", "verify").stdout
    spoiled = spoil(documents, chosen_seed())
    answer = world.get("/api/store/offerings", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    verified = world.catalog("store", "verify", check=False)
    assert verified.returncode == 1
    assert drift(verified.stdout) == spoiled, verified.stdout
    assert drift(world.catalog("store", "repair").stdout) == spoiled
    assert "is what the event logs say" in world.catalog("store", "verify").stdout
    assert world.get("/api/store/offerings", params={"limit": 1}).json()["total"] == OFFERINGS
