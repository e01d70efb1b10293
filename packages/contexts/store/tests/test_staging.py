"""What can be shown, and how much of it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from store.domain.entry import Entry
from store.domain.sources import Characteristic, Content, Copy, Source, Tier
from store.domain.staging import LARGEST_ENTRY, Judged, bytes_of, crowded, judge
from store.memory import MemoryStore
from store.use_cases.check import Check, CheckEntry
from tests.contract.catalogues import NOW, characteristic, id_of, price, specification
from tests.contract.publishing import requested

NOTE, PHONE, FEE = characteristic("note", "text"), specification("phone", "note"), price("fee")
PARTS: tuple[Source, ...] = (NOTE, PHONE, FEE)


def judged(*parts: Source, **said: Any) -> Judged:
    """What is said of an offering that is made of these parts and says this."""
    asked = requested("fibre", **said)
    assert asked.draft is not None
    return judge(asked, asked.draft, {one.id: Copy(source=one) for one in parts}, NOW)


def shown(*parts: Source, **said: Any) -> Entry:
    """The entry of it."""
    found = judged(*parts, **said)
    assert found.problems == ()
    assert found.entry is not None
    return found.entry


def test_the_largest_entry_is_shown_and_one_byte_more_is_not() -> None:
    room = LARGEST_ENTRY - bytes_of(shown(*PARTS))
    assert bytes_of(shown(*PARTS, description="x" * room)) == LARGEST_ENTRY
    (problem,) = judged(*PARTS, description="x" * (room + 1)).problems
    assert (problem.code, problem.pointer) == ("too_large", "/description")
    assert problem.message == ("This makes an entry of 257 KB; at most 256 KB can be shown. Say less here.")


def test_letters_count_as_they_are_written() -> None:
    short, long = (bytes_of(shown(*PARTS, values={"note": text})) for text in ("e" * 1000, "é" * 1000))
    assert long - short == 2000  # the value, and the text of it


def test_an_offering_that_says_all_it_may_is_shown() -> None:
    notes = [characteristic(f"note-{index}", "text", name=f"Note number {index}") for index in range(100)]
    tiers = tuple(Tier(from_=Decimal(index), amount=Decimal(5)) for index in range(50))
    prices = [price(f"price-{index}", None, tiers=tiers) for index in range(50)]
    entry = shown(
        *notes,
        specification("phone", *(one.key for one in notes)),
        *prices,
        prices=[one.key for one in prices],
        values={one.key: "x" * 490 for one in notes},
        description="x" * 4000,
    )
    assert (len(entry.attributes), len(entry.prices)) == (100, 50)
    assert 200_000 < bytes_of(entry) < LARGEST_ENTRY


def test_nothing_that_could_be_shown_is_crowded() -> None:
    """What is refused by its number alone is too large in any case: the smallest values and prices are."""
    smallest = characteristic("n", "text", name="")
    parts = (smallest, specification("phone", "n"), price("fee"))
    none, one = (bytes_of(shown(*parts, values={"n": [1] * number})) for number in (10, 11))
    most = LARGEST_ENTRY // (one - none)
    assert crowded(Content(name="", values={"n": [1] * most})) is None
    two = bytes_of(shown(*parts, price("f", name=""), prices=["fee", "f"])) - bytes_of(shown(*parts))
    assert crowded(Content(name="", price_ids=(id_of("f"),) * (LARGEST_ENTRY // two))) is None


@pytest.mark.parametrize(
    ("said", "pointer"),
    [({"values": {"n": [1] * 3000}}, "/values"), ({"price_ids": (UUID(int=0),) * 1200}, "/priceIds")],
    ids=["values", "prices"],
)
def test_what_is_too_much_is_refused_without_composing(said: dict[str, Any], pointer: str) -> None:
    problem = crowded(Content(name="", **said))
    assert problem is not None
    assert (problem.code, problem.pointer) == ("too_large", pointer)
    asked = requested("fibre")
    assert judge(asked, Content(name="", **said), {}, NOW).problems == [problem]


def test_as_long_as_a_part_is_unknown_there_is_neither_an_entry_nor_a_problem() -> None:
    for unknown in PARTS:
        assert judged(*(one for one in PARTS if one is not unknown)) == Judged()


def test_what_is_missing_and_what_is_something_else_cannot_be_shown() -> None:
    nothing = judged(*PARTS, spec=None, prices=[])
    assert [one.pointer for one in nothing.problems] == ["/specificationId", "/priceIds"]
    mistaken = judged(*PARTS, spec="fee", prices=["phone"])
    assert [(one.code, one.pointer) for one in mistaken.problems] == [
        ("gone", "/specificationId"),
        ("gone", "/priceIds/0"),
    ]


def test_without_a_characteristic_the_rest_is_shown() -> None:
    asked = requested("fibre", values={"note": "x"})
    assert asked.draft is not None
    known = {one.id: Copy(source=one, deleted=isinstance(one, Characteristic)) for one in PARTS}
    entry = judge(asked, asked.draft, known, NOW).entry
    assert entry is not None
    assert entry.attributes == []


async def test_half_a_character_is_no_fault_of_ours() -> None:
    store = MemoryStore()
    for one in PARTS:
        await store.keep(Copy(source=one))
    asked = Check(name="\ud800", specification_id=PHONE.id, price_ids=(FEE.id,), values={"note": "\udfff"})
    assert (await CheckEntry(store, lambda: NOW)(asked)).problems == ()
