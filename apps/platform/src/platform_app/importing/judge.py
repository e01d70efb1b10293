"""What is to be done with a row, by the rules of the contexts themselves; nothing is written here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from characteristic.domain import Characteristic
from kernel.domain import new_id, now
from kernel.errors import Invalid, Problem, RuleBroken, refuse
from offering.domain import Offering, Status
from platform_app.importing.known import Known
from platform_app.importing.references import for_offering, for_price, for_specification, in_row
from platform_app.importing.report import Outcome
from platform_app.importing.rows import Kind, Row
from platform_app.importing.shapes import Thing, wanted
from pricing.domain import Price
from specification import domain as specification
from specification.domain import Specification


class Write(Enum):
    """How a row's content gets to the platform."""

    NOTHING = auto()
    CREATE = auto()
    REVISE = auto()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done with a row: `body` is what is sent, `thing` what there will be.

    The id of something new is a provisional one, until it is made.
    """

    thing: Thing
    body: Mapping[str, Any]
    write: Write
    activate: bool = False
    publish: bool = False

    @property
    def outcome(self) -> Outcome:
        """What will have become of the row."""
        if self.write is Write.CREATE:
            return Outcome.CREATED
        changes = self.write is Write.REVISE or self.activate or self.publish
        return Outcome.CHANGED if changes else Outcome.UNCHANGED


@dataclass(frozen=True)
class Judge:
    """Plans rows, one by one. What a row refers to must be known before; `publish` is for all offerings."""

    known: Known
    publish: bool = False

    def __call__(self, row: Row, existing: Any | None) -> Plan:
        """What is to be done, given what has the row's key already, which it may change.

        Raises:
            Invalid: for what the row says.
            RuleBroken: for what there is, and does not allow it.
        """
        try:
            return _PLAN[row.kind](self, row, existing)
        except (Invalid, RuleBroken) as error:
            error.problems = tuple(in_row(one) for one in error.problems)
            raise


def _characteristic(judge: Judge, row: Row, existing: Characteristic | None) -> Plan:
    body = _without(row, "kind")
    says = wanted(row.kind, body)
    if existing is None:
        return Plan(thing=Characteristic.define(says, row.key), body=body, write=Write.CREATE)
    if says.tidied() == existing.definition:
        return Plan(thing=existing, body=body, write=Write.NOTHING)
    existing.revise(says, uses=())  # who uses it is known to the platform alone
    return Plan(thing=_saved(existing), body=_keyless(body), write=Write.REVISE)


def _price(judge: Judge, row: Row, existing: Price | None) -> Plan:
    body = for_price(_without(row, "kind"))
    says = wanted(row.kind, body)
    if existing is None:
        return Plan(thing=Price.define(says, row.key), body=body, write=Write.CREATE)
    if says.tidied() == existing.definition:
        return Plan(thing=existing, body=body, write=Write.NOTHING)
    existing.revise(says, now())
    return Plan(thing=_saved(existing), body=_keyless(body), write=Write.REVISE)


def _specification(judge: Judge, row: Row, existing: Specification | None) -> Plan:
    status = row.said.get("status", "DRAFT")
    if status not in ("DRAFT", "ACTIVE"):
        said = "A specification is imported as DRAFT, or as ACTIVE."
        raise Invalid(said, problems=[Problem("status", said, "/status")])
    body = for_specification(_without(row, "kind", "status"), judge.known)
    says = wanted(row.kind, body)
    found = judge.known.answer(says.question())
    if existing is None:
        write, there = Write.CREATE, Specification.define(says, found, row.key)
    elif says.tidied() == existing.definition:
        write, there = Write.NOTHING, existing
    else:
        existing.revise(says, found)
        write, there = Write.REVISE, existing
        body = _keyless(body)
    _saved(there)
    activate = status == "ACTIVE" and there.status is not specification.Status.ACTIVE
    if activate:
        there.activate(judge.known.answer(there.before_activation()))
    return Plan(thing=_saved(there), body=body, write=write, activate=activate)


def _offering(judge: Judge, row: Row, existing: Offering | None) -> Plan:
    publish = row.said.get("publish", False)
    if not isinstance(publish, bool):
        said = "Say true or false."
        raise Invalid(said, problems=[Problem("type", said, "/publish")])
    publish = publish or judge.publish
    body = for_offering(_without(row, "kind", "publish"), judge.known)
    says = wanted(row.kind, body)
    content = says.tidied()
    if existing is None:
        write, there = Write.CREATE, Offering.drafted(says, row.key)
    elif content.says_the_same_as(existing.content):
        write, there = Write.NOTHING, existing
    else:
        existing.revise(says)
        write, there = Write.REVISE, existing
        body = _keyless(body)
    _saved(there)
    _require_fitting(judge, content.specification_id, content.values, publish)
    live = there.status is Status.PUBLISHED and there.draft is None
    publish = publish and not live and there.status is not Status.PUBLISHING
    if publish:
        there.request_publication(new_id())
        _saved(there)
    return Plan(thing=there, body=body, write=write, publish=publish)


def _require_fitting(judge: Judge, id: Any, values: Mapping[str, object], publish: bool) -> None:
    """Refuse values that the specification would not let be published, however long that may be away."""
    if id is None:
        return
    kind = judge.known.specifications[id]
    problems = kind.check(values, judge.known.answer(kind.question_about(values)))
    if publish and kind.status is not specification.Status.ACTIVE:
        said = f"{kind.name} is {kind.status.lower()}: offerings of an active specification are published."
        problems.append(Problem("not_active", said, "/specification"))
    refuse("This offering does not fit its specification.", problems)


def _saved(thing: Any) -> Any:
    """The thing, without the event that it would have told if it had been saved."""
    thing.pull_event()
    return thing


def _keyless(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a PUT: a key never changes."""
    return {name: value for name, value in body.items() if name != "key"}


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.said.items() if name not in names}


_PLAN: dict[Kind, Callable[[Judge, Row, Any], Plan]] = {
    Kind.CHARACTERISTIC: _characteristic,
    Kind.SPECIFICATION: _specification,
    Kind.PRICE: _price,
    Kind.OFFERING: _offering,
}
