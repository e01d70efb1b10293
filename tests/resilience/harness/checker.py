"""The judgement of the evidence by the ledger: five counts that must all be zero.

- lost: an acknowledged change that is not on the write side, in the log, or in the read model
- phantom: a state or an event without an operation that was attempted
- duplicate_effects: an event that the consumer has applied twice
- order_inversions: a version whose first handling came after that of a higher one of its aggregate
- stale_docs: a document of the read model that is not what the write side has
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from tests.resilience.harness.evidence import Evidence, Kept, Logged
from tests.resilience.harness.ledger import Kind, Ledger, Operation

_MOST_TOLD = 10  # findings of each sort in a failure


@dataclass(frozen=True)
class Verdict:
    """What was found, as sentences; how many there are is the count."""

    lost: Sequence[str]
    phantom: Sequence[str]
    duplicate_effects: Sequence[str]
    order_inversions: Sequence[str]
    stale_docs: Sequence[str]

    def line(self, seed: int) -> str:
        """The counts in one line."""
        return f"seed={seed} " + " ".join(f"{name}={len(getattr(self, name))}" for name in COUNTS)

    def require_clean(self, seed: int) -> None:
        """Raises AssertionError, with the first findings of each sort, unless all counts are zero."""
        found = [f"{name}: {said}" for name in COUNTS for said in getattr(self, name)[:_MOST_TOLD]]
        if found:
            raise AssertionError("\n  ".join([self.line(seed), *found]))


COUNTS = tuple(one.name for one in fields(Verdict))
"""The names of the five."""


def judge(ledger: Ledger, evidence: Evidence, parked: Collection[UUID] = ()) -> Verdict:
    """Compare both. `parked` are the ids of events that a person has yet to look at: nobody misses them."""
    heads = {event.aggregate: event for event in evidence.log}  # the log is in the order of versions
    excused = {event.aggregate for event in evidence.log if event.id in parked}
    return Verdict(
        lost=[
            *_acknowledged_twice(ledger),
            *_acknowledged_and_not_logged(ledger, evidence),
            *_logged_and_not_kept(heads, evidence.rows),
            *_logged_and_not_applied(evidence, parked),
            *_logged_and_not_copied(heads, evidence.copies, excused),
        ],
        phantom=[
            *_logged_and_not_wanted(ledger, evidence.log),
            *_kept_and_not_logged(heads, evidence.rows),
            *_applied_and_not_logged(evidence),
        ],
        duplicate_effects=[
            f"the event {id} was applied {times} times"
            for id, times in Counter(evidence.effects).items()
            if times > 1
        ],
        order_inversions=list(_inversions(evidence.heard)),
        stale_docs=list(_stale(heads, evidence.copies, excused)),
    )


def _acknowledged_and_not_logged(ledger: Ledger, evidence: Evidence) -> Iterator[str]:
    logged = {(event.aggregate, event.version): event.type for event in evidence.log}
    for operation in ledger:
        if operation.aggregate is None or operation.version <= operation.seen:
            continue  # never acknowledged, or acknowledged because nothing was to be changed
        if logged.get((operation.aggregate, operation.version)) != operation.kind.value:
            yield f"{_told(ledger, operation)} is not in the log"


def _acknowledged_twice(ledger: Ledger) -> Iterator[str]:
    """Of two authors who were told the same version, one has overwritten the other."""
    first: dict[tuple[UUID | None, int], Operation] = {}
    for operation in ledger:
        if operation.version > operation.seen:
            other = first.setdefault((operation.aggregate, operation.version), operation)
            if other is not operation:
                yield f"{_told(ledger, operation)} was overwritten, or has overwritten {other.id}"


def _logged_and_not_kept(heads: Mapping[UUID, Logged], rows: Mapping[UUID, Kept]) -> Iterator[str]:
    for id, head in heads.items():
        if head.type != Kind.DELETE and (id not in rows or rows[id].version < head.version):
            yield f"{_named(head)} is not on the write side, which has {_version(rows.get(id))}"


def _logged_and_not_applied(evidence: Evidence, parked: Collection[UUID]) -> Iterator[str]:
    applied = set(evidence.effects).union(parked)
    for event in evidence.log:
        if event.id not in applied:
            yield f"{_named(event)} never came to the read model"


def _logged_and_not_copied(
    heads: Mapping[UUID, Logged], copies: Mapping[UUID, Kept], excused: Collection[UUID]
) -> Iterator[str]:
    for id in heads.keys() - copies.keys() - set(excused):
        yield f"{_named(heads[id])} has no document in the read model"


def _logged_and_not_wanted(ledger: Ledger, log: Sequence[Logged]) -> Iterator[str]:
    wanted = {
        (operation.kind, operation.aggregate, operation.seen)
        for operation in ledger
        if operation.may_have_effect
    }
    for event in log:
        kind = Kind(event.type)
        if kind is Kind.DEFINE:
            operation = ledger.operation(str(event.body["key"]))
            known = operation is not None and operation.kind is kind and operation.may_have_effect
        elif kind is Kind.REVISE:
            operation = ledger.operation(str(event.body["description"]))
            known = (
                operation is not None
                and operation.may_have_effect
                and (
                    (operation.kind, operation.aggregate, operation.seen)
                    == (kind, event.aggregate, event.version - 1)
                )
            )
        else:
            known = (kind, event.aggregate, event.version - 1) in wanted
        if not known:
            yield f"{_named(event)} was never asked for, or was refused"


def _kept_and_not_logged(heads: Mapping[UUID, Logged], rows: Mapping[UUID, Kept]) -> Iterator[str]:
    for id, row in rows.items():
        head = heads.get(id)
        if head is None or head.type == Kind.DELETE or row.version > head.version:
            yield f"the row {id} at {_version(row)} has no event"
        elif row.version == head.version and row.body != head.body:
            yield f"the row {id} at {_version(row)} is not what its event says"


def _applied_and_not_logged(evidence: Evidence) -> Iterator[str]:
    logged = {event.id for event in evidence.log}
    for id in set(evidence.effects) - logged:
        yield f"the event {id} was applied and is not in the log"


def _inversions(heard: Sequence[tuple[UUID, int]]) -> Iterator[str]:
    highest: dict[UUID, int] = {}
    for aggregate, version in dict.fromkeys(heard):  # the first handling of each
        if version < highest.get(aggregate, 0):
            yield f"{aggregate}: version {version} was first handled after version {highest[aggregate]}"
        highest[aggregate] = max(version, highest.get(aggregate, 0))


def _stale(
    heads: Mapping[UUID, Logged], copies: Mapping[UUID, Kept], excused: Collection[UUID]
) -> Iterator[str]:
    for id, copy in copies.items():
        head = heads.get(id)
        if id in excused or head is None:
            continue
        due = Kept(head.version, head.body, deleted=head.type == Kind.DELETE)
        if copy != due:
            yield f"the copy of {id} is at {_version(copy)}, and its last event is {_named(head)}"


def _named(event: Logged) -> str:
    return f"{event.type} of {event.aggregate} at version {event.version} ({event.id})"


def _version(kept: Kept | None) -> str:
    return "nothing" if kept is None else f"version {kept.version}{', deleted' if kept.deleted else ''}"


def _told(ledger: Ledger, operation: Operation) -> str:
    return " | ".join(f"{line.word} {line.detail}" for line in ledger.about(operation.id))
