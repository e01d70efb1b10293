"""The checker finds what it is for: each fault is planted once, and counted once or more where it is due."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.resilience.harness.checker import Verdict, judge
from tests.resilience.harness.evidence import Evidence, Kept, Logged
from tests.resilience.harness.ledger import Kind, Ledger

LIVING, DELETED = UUID(int=1), UUID(int=2)


def history() -> tuple[Ledger, Evidence]:
    """Two characteristics, each with two versions, and everything where it belongs."""
    ledger, log = Ledger(), list[Logged]()
    steps = (
        ("a", Kind.DEFINE, LIVING, 1, {"key": "a"}),
        ("b", Kind.REVISE, LIVING, 2, {"key": "a", "description": "b"}),
        ("c", Kind.DEFINE, DELETED, 1, {"key": "c"}),
        ("d", Kind.DELETE, DELETED, 2, {"key": "c"}),
    )
    for id, kind, aggregate, version, body in steps:
        operation = ledger.attempt(id, kind, None if kind is Kind.DEFINE else aggregate, version - 1)
        ledger.acknowledge(operation, aggregate, version)
        log.append(Logged(uuid4(), aggregate, version, kind.value, body))
    return ledger, Evidence(
        log=log,
        rows={LIVING: Kept(2, log[1].body)},
        copies={LIVING: Kept(2, log[1].body), DELETED: Kept(2, log[3].body, deleted=True)},
        effects=[event.id for event in log],
        heard=[(event.aggregate, event.version) for event in log],
    )


def counts(verdict: Verdict) -> dict[str, int]:
    return {name: len(found) for name, found in vars(verdict).items() if found}


def test_what_is_as_it_should_be_is_clean() -> None:
    verdict = judge(*history())
    verdict.require_clean(7)
    assert verdict.line(7) == "seed=7 lost=0 phantom=0 duplicate_effects=0 order_inversions=0 stale_docs=0"


Plant = Callable[[Evidence], Evidence]
PLANTED: dict[str, tuple[Plant, dict[str, int]]] = {
    "an event that is not logged": (
        lambda e: replace(e, log=[*e.log[:1], *e.log[2:]]),
        {"lost": 1, "phantom": 2, "stale_docs": 1},  # its state and its effect are there without it
    ),
    "a row that is gone": (lambda e: replace(e, rows={}), {"lost": 1}),
    "a row that is behind": (lambda e: replace(e, rows={LIVING: Kept(1, e.log[0].body)}), {"lost": 1}),
    "a row without an event": (lambda e: replace(e, rows={**e.rows, uuid4(): Kept(1, {})}), {"phantom": 1}),
    "a row of what was deleted": (
        lambda e: replace(e, rows={**e.rows, DELETED: Kept(1, e.log[2].body)}),
        {"phantom": 1},
    ),
    "a row that says something else": (
        lambda e: replace(e, rows={LIVING: Kept(2, {"key": "z"})}),
        {"phantom": 1},
    ),
    "an event that nobody asked for": (
        lambda e: replace(
            e,
            log=[*e.log, odd := Logged(uuid4(), uuid4(), 1, Kind.DEFINE.value, {"key": "z"})],
            rows={**e.rows, odd.aggregate: Kept(1, odd.body)},
            effects=[*e.effects, odd.id],
        ),
        {"phantom": 1, "lost": 1},  # nor has anybody copied it
    ),
    "an event that was not applied": (lambda e: replace(e, effects=e.effects[1:]), {"lost": 1}),
    "an event that was applied twice": (
        lambda e: replace(e, effects=[*e.effects, e.effects[0]]),
        {"duplicate_effects": 1},
    ),
    "an effect without an event": (lambda e: replace(e, effects=[*e.effects, uuid4()]), {"phantom": 1}),
    "versions out of order": (lambda e: replace(e, heard=e.heard[::-1]), {"order_inversions": 2}),
    "a copy that is behind": (
        lambda e: replace(e, copies={**e.copies, LIVING: Kept(1, e.log[0].body)}),
        {"stale_docs": 1},
    ),
    "a copy that has risen again": (
        lambda e: replace(e, copies={**e.copies, DELETED: Kept(1, e.log[2].body)}),
        {"stale_docs": 1},
    ),
    "a copy that is gone": (lambda e: replace(e, copies={LIVING: e.copies[LIVING]}), {"lost": 1}),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault: str) -> None:
    plant, expected = PLANTED[fault]
    ledger, evidence = history()
    verdict = judge(ledger, plant(evidence))
    assert counts(verdict) == expected
    with pytest.raises(AssertionError, match="seed=7 "):
        verdict.require_clean(7)


def test_a_refused_operation_with_an_event_is_a_phantom_unless_a_try_of_it_is_unknown() -> None:
    _, evidence = history()
    for unknown, phantoms in ((False, 1), (True, 0)):
        ledger, _ = history()
        operation = ledger.attempt("b", Kind.REVISE, LIVING, 1)  # in the place of the acknowledged one
        if unknown:
            ledger.lose_sight(operation, "ReadError")
        ledger.refuse(operation, "412")
        assert len(judge(ledger, evidence).phantom) == phantoms


def test_what_is_parked_is_missed_by_nobody() -> None:
    ledger, evidence = history()
    parked = evidence.log[1].id
    evidence = replace(
        evidence,
        effects=[id for id in evidence.effects if id != parked],
        copies={**evidence.copies, LIVING: Kept(1, evidence.log[0].body)},
    )
    assert counts(judge(ledger, evidence, [parked])) == {}


def test_of_two_authors_who_were_told_the_same_version_one_is_lost() -> None:
    ledger, evidence = history()
    second = ledger.attempt("e", Kind.REVISE, LIVING, 1)
    ledger.acknowledge(second, LIVING, 2)
    assert counts(judge(ledger, evidence)) == {"lost": 1}
