"""The publish process fits those who do its steps. Each rule is seen red on a planted fault."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import offering_app.tasks
import pricing_app.tasks
import specification_app.tasks
import store_app.tasks
from kernel.bpmn import read
from kernel.workers import Tasks
from tests.architecture import diagrams
from tests.architecture.contracts import ROOT
from tests.architecture.diagrams import RULES, Rule, Workers
from tests.architecture.test_shapes import containers

XML = (ROOT / "bpmn" / "publish_offering.bpmn").read_text()
TASKS: dict[str, Callable[[Any], Tasks]] = {
    "offering_app": offering_app.tasks.tasks,
    "pricing_app": pricing_app.tasks.tasks,
    "specification_app": specification_app.tasks.tasks,
    "store_app": store_app.tasks.tasks,
}


@pytest.fixture(scope="module")
def workers() -> Workers:
    """What each app does, as its process is started with it."""
    apps = containers()
    return {name: tasks(apps[name]).topics for name, tasks in TASKS.items()}


def test_no_app_with_tasks_is_missing_here() -> None:
    found = {file.parent.name for file in ROOT.glob("apps/*/src/*_app/tasks.py")}
    assert found == set(TASKS)


def test_there_is_one_diagram() -> None:
    assert [file.name for file in (ROOT / "bpmn").glob("*.bpmn")] == ["publish_offering.bpmn"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_diagram_keeps_the_rule(workers: Workers, rule: Rule) -> None:
    assert list(rule(read(XML.encode()), workers)) == []


def test_where_no_timer_runs_workers_are_patient() -> None:
    apps = containers()
    patient = [topic for name, tasks in TASKS.items() for topic in tasks(apps[name]).patient]
    assert sorted(patient) == sorted([*diagrams.UNDOES, diagrams.REJECTED, diagrams.PIVOT])


@dataclass(frozen=True)
class Fault:
    """A rule, what is changed in the diagram and in what an app does, and what is said of it."""

    rule: Rule
    says: str
    xml: tuple[tuple[str, str], ...] = ()
    does: tuple[str, dict[str, frozenset[str]]] | None = None


def topic(old: str, new: str) -> tuple[tuple[str, str], ...]:
    return ((f'camunda:topic="{old}"', f'camunda:topic="{new}"'),)


TIMER = """<bpmn:boundaryEvent id="late" attachedToRef="{host}"><bpmn:timerEventDefinition>
<bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:sequenceFlow id="late_to" sourceRef="late" targetRef="{target}"/>{end}"""
TOLD = 'camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"'
FAULTS = {
    "a topic that nobody does": Fault(
        diagrams.one_worker,
        "pricing.freeze is done by 0 apps",
        topic("pricing.lock-prices", "pricing.freeze"),
    ),
    "a topic that is nowhere in the diagram": Fault(
        diagrams.one_worker,
        "pricing.lock-prices stands at 0 tasks",
        topic("pricing.lock-prices", "pricing.freeze"),
    ),
    "a topic that two apps do": Fault(
        diagrams.one_worker,
        "pricing.lock-prices is done by 2 apps",
        does=("store_app", {"pricing.lock-prices": frozenset()}),
    ),
    "a topic of two tasks": Fault(
        diagrams.one_worker,
        "store.stage-entry stands at 2 tasks",
        topic("specification.validate", "store.stage-entry"),
    ),
    "a code without an event": Fault(
        diagrams.all_is_handled,
        "pricing.lock-prices throws PRICE_ODD, and no event takes it",
        does=("pricing_app", {"pricing.lock-prices": frozenset({"PRICE_ODD"})}),
    ),
    "a code that is spelled differently": Fault(
        diagrams.all_is_handled,
        "store.stage-entry throws ENTRY_REFUSED, and no event takes it",
        (('errorCode="ENTRY_REFUSED"', 'errorCode="entry_refused"'),),
    ),
    "a step outside of the catch-all": Fault(
        diagrams.all_is_handled,
        "specification.validate has no catch-all",
        (
            ('sourceRef="requested" targetRef="forward"', 'sourceRef="requested" targetRef="early"'),
            (
                '<bpmn:subProcess id="forward"',
                '<bpmn:serviceTask id="early" camunda:type="external" '
                'camunda:topic="specification.validate"/>'
                '<bpmn:sequenceFlow id="early_to" sourceRef="early" targetRef="forward"/>'
                '<bpmn:subProcess id="forward"',
            ),
        ),
    ),
    "an event that nobody throws": Fault(
        diagrams.no_event_too_many,
        "on_entry_refused takes ENTRY_REFUSED, which nobody throws",
        does=("store_app", {"store.stage-entry": frozenset()}),
    ),
    "an error that is not told": Fault(
        diagrams.errors_are_told,
        "on_any_error does not tell errorCode and errorMessage",
        ((f'id="on_any_error_def" {TOLD}', 'id="on_any_error_def" camunda:errorCodeVariable="errorCode"'),),
    ),
    "a step without an undo": Fault(
        diagrams.effects_are_undone,
        "store.index-entry has no undo",
        topic("specification.validate", "store.index-entry"),
    ),
    "an undo that is passed over": Fault(
        diagrams.effects_are_undone,
        "on_price_missing does not lead to store.drop-entry, pricing.release-prices, offering.reject",
        (('sourceRef="drop_entry" targetRef="release_prices"', 'sourceRef="drop_entry" targetRef="reject"'),),
    ),
    "an undo in the wrong order": Fault(
        diagrams.effects_are_undone,
        "on_timeout does not lead to store.drop-entry, pricing.release-prices, offering.reject",
        (
            ("store.drop-entry", "swap"),
            ("pricing.release-prices", "store.drop-entry"),
            ("swap", "pricing.release-prices"),
        ),
    ),
    "one event that leads elsewhere": Fault(
        diagrams.effects_are_undone,
        "on_timeout does not lead to store.drop-entry, pricing.release-prices, offering.reject",
        (('sourceRef="on_timeout" targetRef="drop_entry"', 'sourceRef="on_timeout" targetRef="reject"'),),
    ),
    "a timer on one task only": Fault(
        diagrams.steps_are_timed,
        "specification.validate may take for ever",
        (('name="Took 2 minutes" attachedToRef="forward"', 'name="Took 2 minutes" attachedToRef="confirm"'),),
    ),
    "a pivot with a timer": Fault(
        diagrams.pivot_is_last,
        "offering.confirm can be interrupted",
        (
            (
                "</bpmn:process>",
                TIMER.format(host="confirm", target="drop_entry", end="</bpmn:process>"),
            ),
        ),
    ),
    "a pivot in the sub-process": Fault(
        diagrams.pivot_is_last,
        "offering.confirm can be interrupted",
        (
            ("store.stage-entry", "swap"),
            ("offering.confirm", "store.stage-entry"),
            ("swap", "offering.confirm"),
        ),
    ),
    "a step behind the pivot": Fault(
        diagrams.pivot_is_last,
        "something comes behind offering.confirm",
        (('sourceRef="confirm" targetRef="published"', 'sourceRef="confirm" targetRef="reject"'),),
    ),
    "an undo that throws": Fault(
        diagrams.no_way_back_throws,
        "pricing.release-prices throws PRICE_MISSING",
        does=("pricing_app", {"pricing.release-prices": frozenset({"PRICE_MISSING"})}),
    ),
    "a pivot that throws": Fault(
        diagrams.no_way_back_throws,
        "offering.confirm throws TOO_LATE",
        does=("offering_app", {"offering.confirm": frozenset({"TOO_LATE"})}),
    ),
}


def test_each_rule_has_a_fault() -> None:
    assert {fault.rule for fault in FAULTS.values()} == set(RULES)


@pytest.mark.parametrize("what", FAULTS)
def test_a_planted_fault_is_found(workers: Workers, what: str) -> None:
    fault, xml, doing = FAULTS[what], XML, {app: dict(topics) for app, topics in workers.items()}
    for old, new in fault.xml:
        assert old in xml, old
        xml = xml.replace(old, new)
    if fault.does is not None:
        app, topics = fault.does
        doing[app] |= topics
    assert fault.says in list(fault.rule(read(xml.encode()), doing))
