"""The catalogues that come along: they import without a fault, and say what their sources say."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.platform.tests.importing.conftest import Carry
from apps.platform.tests.importing.shelf import Shelf
from platform_app.importing.report import Outcome
from platform_app.importing.rows import Kind
from platform_app.repository import repository
from samples import ai_models, rows, telecom
from samples.model_names import shown


@pytest.mark.parametrize(("name", "offerings", "published"), [("ai-models", 1442, 1435), ("telecom", 50, 50)])
async def test_a_sample_has_no_fault(
    shelf: Shelf, carry: Carry, name: str, offerings: int, published: int
) -> None:
    report = await carry(file=repository() / "samples" / f"{name}.ndjson", dry=True)
    assert report.first == []
    assert report.counts[Kind.OFFERING, Outcome.CREATED] == offerings
    assert (report.published, report.rejected, shelf.calls) == (published, 0, [])


def test_the_telecom_sample_is_what_its_builder_builds() -> None:
    lines = (repository() / "samples" / "telecom.ndjson").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [*telecom.build()]


def built(*models: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows for models of one provider, on the first of October, by key."""
    provider = {
        "id": "a_co",
        "name": "A & Co",
        "models": [{"match": {}, "prices": {}, **one} for one in models],
    }
    found = [*ai_models.build([provider], date(2026, 10, 1))]
    assert max(Counter((one["kind"], one["key"]) for one in found).values()) == 1
    return {one["key"]: one for one in found}


def test_a_model_is_sold_by_what_it_charges_for() -> None:
    facts = {"id": "m-1", "context_window": 1000, "prices": {"input_mtok": Decimal("0.25"), "output_mtok": 2}}
    found = built({**facts, "description": "Prose."})
    assert found["a-co-m-1"] == {
        "kind": "offering",
        "key": "a-co-m-1",
        "name": "M 1",
        "category": "ai/a-co",
        "specification": "ai-model",
        "prices": ["a-co-m-1-input", "a-co-m-1-output"],
        "values": {
            "provider": "a-co",
            "model-id": "m-1",
            "context-window": 1000,
            "charged-for": ["input", "output"],
            "free-of-charge": False,
            "deprecated": False,
        },
        "publish": True,
    }
    assert found["a-co-m-1-input"]["money"] == {"amount": "0.25", "currency": "USD"}


def test_tiers_go_by_the_prompt_so_only_those_of_the_input_are_tiers() -> None:
    tiered = {"base": 3, "tiers": [{"start": 200_000, "price": 6}]}
    found = built({"id": "m", "prices": {"input_mtok": tiered, "output_mtok": tiered}})
    tiers = [{"from": "0", "amount": "3"}, {"from": "0.200001", "amount": "6"}]
    assert (found["a-co-m-input"]["tiers"], found["a-co-m-input"]["mode"]) == (tiers, "VOLUME")
    assert found["a-co-m"]["prices"] == ["a-co-m-input", "a-co-m-output", "a-co-m-output-over-200k"]
    assert found["a-co-m-output-over-200k"]["money"]["amount"] == "6"


def test_what_is_over_is_kept_and_not_sold() -> None:
    dated = [
        {"prices": {"input_mtok": 2}},
        {"constraint": {"start_date": "2026-09-01"}, "prices": {"input_mtok": 3}},
        {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": 4}},
    ]
    found = built({"id": "m", "prices": dated})
    assert found["a-co-m-input"]["validFor"] == {"to": "2026-09-01T00:00:00Z"}
    now, then = "a-co-m-input-from-20260901", "a-co-m-input-from-20270101"
    assert found[now]["validFor"] == {"from": "2026-09-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
    assert found["a-co-m"]["prices"] == [now, then]


def test_free_costs_nothing_and_unknown_is_not_sold() -> None:
    found = built({"id": "m:free"}, {"id": "n"})
    assert found["a-co-m-free"]["prices"] == ["a-co-m-free-free"]
    assert found["a-co-m-free-free"]["money"]["amount"] == "0"
    assert (found["a-co-n"]["prices"], "publish" in found["a-co-n"]) == ([], False)


def test_keys_are_told_apart_and_short_enough() -> None:
    found = rows.stems(["a b", "a-b", "a" * 90, "a" * 91, "c"])
    assert len(set(found.values())) == 5
    assert found["c"] == "c"
    assert all(len(rows.key(stem, "cache-read-from-20260901")) <= 64 for stem in found.values())


@pytest.mark.parametrize(
    ("id", "name", "read"),
    [
        ("claude-3-5-haiku-latest", "Claude Haiku 3.5", "Claude Haiku 3.5"),
        ("meta-llama/llama-3.1-8b-instruct:free", None, "Llama 3.1 8B Instruct (free)"),
        ("regional.anthropic.claude-opus-4-6-v1:0", None, "Claude Opus 4.6 (regional)"),
        ("openai/gpt-oss-120b", "gpt-oss-120b", "GPT OSS 120B"),
        ("gpt-4o-mini", None, "GPT-4o Mini"),
        ("ft:gpt-4o", None, "GPT-4o (fine-tuned)"),
        ("mixtral-8x22b", None, "Mixtral 8x22B"),
        ("Qwen/Qwen2.5-VL-7B-Instruct", "Qwen2.5-VL-7B-Instruct", "Qwen2.5-VL-7B-Instruct"),
    ],
)
def test_names_read_well(id: str, name: str | None, read: str) -> None:
    assert shown(id, name) == read
