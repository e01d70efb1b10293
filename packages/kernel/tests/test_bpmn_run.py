"""An instance on its way: every run here is kept as JSON and read again before each step."""

import json
from pathlib import Path

import pytest

from kernel.bpmn import Diagram, Run, Visit, read
from kernel.process import TaskRefused, Variables

XML = (Path(__file__).parents[3] / "bpmn" / "publish_offering.bpmn").read_text()
PUBLISH = read(XML.encode())
UNDO = ["drop_entry", "release_prices", "reject"]

HEAD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="urn:test">
    <error id="e" errorCode="E"/><error id="f" errorCode="F"/>
    <process id="p" isExecutable="true" camunda:historyTimeToLive="P1D">{inside}</process></definitions>"""


def task(id: str) -> str:
    return f'<serviceTask id="{id}" camunda:type="external" camunda:topic="{id}"/>'


def flow(source: str, target: str, condition: str = "") -> str:
    inside = f"<conditionExpression>${{{condition}}}</conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{source}-{target}" {ends}>{inside}</sequenceFlow>'


def border(id: str, host: str, *, error: str | None = None, after: str = "") -> str:
    """An event on the border: of this error ("": any), or of time."""
    what = f"<timerEventDefinition><timeDuration>{after}</timeDuration></timerEventDefinition>"
    if error is not None:
        told = 'camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"'
        ref = f'errorRef="{error}"' if error else ""
        what = f"<errorEventDefinition {ref} {told}/>"
    return f'<boundaryEvent id="{id}" attachedToRef="{host}">{what}</boundaryEvent>'


def diagram(*parts: str) -> Diagram:
    return read(HEAD.format(inside="".join(parts)).encode())


class Walk:
    """A run that is dumped and read again before each step; a second passes with each."""

    def __init__(self, diagram: Diagram, **variables: str | int | None) -> None:
        self._diagram = diagram
        self.now = 100.0
        self._kept = json.dumps(Run.begin(diagram, "i", self.now, variables).dump())

    @property
    def run(self) -> Run:
        return Run(self._diagram, json.loads(self._kept))

    def waits(self) -> list[str]:
        """The tasks that wait to be done."""
        return [node.id for node in self.run.tasks.values()]

    def token(self) -> str:
        (token,) = self.run.tasks
        return token

    def done(self, **variables: str | int | None) -> "Walk":
        run = self.run
        run.complete(self.token(), self._later(), variables)
        return self._keep(run)

    def error(self, code: str, message: str | None = "why", variables: Variables | None = None) -> "Walk":
        run = self.run
        run.error(self.token(), code, message, self._later(), variables or {})
        return self._keep(run)

    def wait(self, seconds: float) -> int:
        self.now += seconds
        run = self.run
        fired = run.fire(self.now, self.now)
        self._keep(run)
        return fired

    def rest(self) -> list[str]:
        """Complete all there is to do; returns what it was."""
        found = []
        while waiting := self.waits():
            found += waiting
            self.done()
        return found

    def states(self) -> dict[str, str]:
        return {visit.node: visit.state for visit in self.run.visits.values()}

    def _later(self) -> float:
        self.now += 1
        return self.now

    def _keep(self, run: Run) -> "Walk":
        self._kept = json.dumps(run.dump())
        return self


def test_the_way_forward() -> None:
    walk = Walk(PUBLISH, offering="o")
    assert walk.rest() == ["lock_prices", "validate", "stage_entry", "confirm"]
    assert list(walk.run.visits.values()) == [
        Visit("requested", "completed", 100, 100),
        Visit("forward", "completed", 100, 103),
        Visit("forward_started", "completed", 100, 100),
        Visit("lock_prices", "completed", 100, 101),
        Visit("validate", "completed", 101, 102),
        Visit("stage_entry", "completed", 102, 103),
        Visit("forward_done", "completed", 103, 103),
        Visit("confirm", "completed", 103, 104),
        Visit("published", "completed", 104, 104),
    ]
    assert walk.run.ended
    assert walk.run.due is None
    assert walk.run.variables == {"offering": "o"}


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("code", ["PRICE_MISSING", "ENTRY_REFUSED", "NOBODY_KNOWS"])
def test_an_error_leads_to_the_undo_path(position: int, code: str) -> None:
    walk = Walk(PUBLISH)
    for _ in range(position):
        walk.done()
    (at,) = walk.waits()
    walk.error(code, None, {"problems": "[]"})
    assert walk.run.variables == {"problems": "[]", "errorCode": code, "errorMessage": None}
    events = {"PRICE_MISSING": "on_price_missing", "ENTRY_REFUSED": "on_entry_refused"}
    states = walk.states()
    assert (states[at], states["forward"]) == ("canceled", "canceled")
    assert states[events.get(code, "on_any_error")] == "completed"
    assert walk.run.due is None
    assert walk.rest() == UNDO
    assert walk.states()["rejected"] == "completed"
    assert "published" not in walk.states()


def test_an_error_that_nothing_takes_changes_nothing() -> None:
    walk = Walk(PUBLISH).done().done().done()
    run = walk.run
    with pytest.raises(TaskRefused) as refused:
        run.error(walk.token(), "PRICE_MISSING", "why", 1.0, {"problems": "[]"})
    assert refused.value.code == "uncaught"
    assert run.dump() == walk.run.dump()


def test_the_timer_interrupts_once_two_minutes_have_passed() -> None:
    walk = Walk(PUBLISH).done()
    assert walk.run.due == 220
    assert walk.wait(118.9) == 0
    assert walk.waits() == ["validate"]
    assert walk.wait(0.1) == 1
    assert walk.wait(1000) == 0
    assert walk.states()["on_timeout"] == "completed"
    assert "errorCode" not in walk.run.variables
    assert walk.rest() == UNDO


def test_what_is_left_in_time_has_no_timer_any_more() -> None:
    walk = Walk(PUBLISH).done().done().done()
    assert walk.run.due is None
    assert walk.wait(1000) == 0
    assert walk.waits() == ["confirm"]


def test_a_look_ahead_happens_now() -> None:
    run = Walk(PUBLISH).run
    assert run.fire(101.0, 219.9) == 0
    assert run.fire(101.0, 220.0) == 1
    assert [visit.started for visit in run.visits.values()][-2:] == [101.0, 101.0]


def test_cancelling_ends_everything() -> None:
    walk = Walk(PUBLISH).done()
    run = walk.run
    run.cancel(500.0)
    assert run.ended
    assert run.due is None
    assert run.tasks == {}
    ended = {visit.node: (visit.state, visit.ended) for visit in run.visits.values()}
    assert (ended["forward"], ended["validate"]) == (("canceled", 500.0), ("canceled", 500.0))


def test_failures_are_counted_and_stay() -> None:
    walk = Walk(PUBLISH)
    run = walk.run
    for problem in ("first", "second"):
        run.failed(walk.token(), problem)
    run.complete(walk.token(), 101.0, {})
    (visit,) = [visit for visit in run.visits.values() if visit.node == "lock_prices"]
    assert visit == Visit("lock_prices", "completed", 100, 101, 2, "second")


CHOICE = diagram(
    '<startEvent id="s"/>',
    flow("s", "g"),
    '<exclusiveGateway id="g" default="g-a"/>',
    flow("g", "a"),
    flow("g", "b", "way == 'b'"),
    flow("g", "c", "way != 'a'"),
    *(task(id) + flow(id, "end") for id in "abc"),
    '<endEvent id="end"/>',
)


@pytest.mark.parametrize(("way", "taken"), [("a", "a"), ("b", "b"), ("x", "c"), (None, "c")])
def test_a_gateway_takes_the_first_way_whose_condition_holds(way: str | None, taken: str) -> None:
    assert Walk(CHOICE, way=way).waits() == [taken]


def test_a_gateway_that_cannot_tell_refuses_the_step() -> None:
    with pytest.raises(TaskRefused) as refused:
        Walk(CHOICE, way=1)
    assert refused.value.code == "invalid"


NESTED = diagram(
    '<startEvent id="s"/>',
    flow("s", "outer"),
    '<subProcess id="outer"><startEvent id="so"/>',
    flow("so", "inner"),
    '<subProcess id="inner"><startEvent id="si"/>',
    flow("si", "t"),
    task("t"),
    flow("t", "ei"),
    '<endEvent id="ei"/></subProcess>',
    border("inner_e", "inner", error="e"),
    border("inner_any", "inner", error=""),
    border("inner_late", "inner", after="PT20S"),
    flow("inner", "eo"),
    flow("inner_e", "after_e"),
    flow("inner_any", "after_any"),
    flow("inner_late", "after_late"),
    *(task(id) + flow(id, "eo") for id in ("after_e", "after_any", "after_late")),
    '<endEvent id="eo"/></subProcess>',
    border("outer_f", "outer", error="f"),
    border("outer_any", "outer", error=""),
    border("outer_late", "outer", after="PT10S"),
    flow("outer", "end"),
    *(flow(id, "end") for id in ("outer_f", "outer_any", "outer_late")),
    '<endEvent id="end"/>',
)


def test_the_innermost_event_takes_an_error_even_when_an_outer_one_is_of_this_very_code() -> None:
    assert Walk(NESTED).error("E").waits() == ["after_e"]
    assert Walk(NESTED).error("F").waits() == ["after_any"]
    walk = Walk(NESTED).error("E")
    assert walk.error("F").run.ended
    assert walk.states()["outer_f"] == "completed"
    assert walk.run.variables == {"code": "F", "why": "why"}


def test_the_end_of_the_innermost_leads_out_of_all() -> None:
    walk = Walk(NESTED)
    assert walk.rest() == ["t"]
    assert walk.states() == {
        **dict.fromkeys(["s", "outer", "so", "inner", "si", "t", "ei", "eo", "end"], "completed")
    }


def test_an_outer_timer_ends_what_is_inside_with_its_timers() -> None:
    walk = Walk(NESTED)
    assert walk.run.due == 110
    assert walk.wait(1000) == 1
    assert walk.run.ended
    states = walk.states()
    assert [states[id] for id in ("outer", "inner", "t")] == ["canceled"] * 3
    assert "inner_late" not in states


AGAIN = diagram(
    '<startEvent id="s"/>',
    flow("s", "a"),
    task("a"),
    border("late", "a", after="PT1S"),
    border("failed", "a", error="e"),
    flow("late", "a"),
    flow("failed", "end"),
    flow("a", "g"),
    '<exclusiveGateway id="g" default="g-end"/>',
    flow("g", "a", "again == 'yes'"),
    flow("g", "end"),
    '<endEvent id="end"/>',
)


def test_a_way_round_with_a_task_on_it_is_a_new_task_each_time() -> None:
    walk = Walk(AGAIN)
    tokens = [walk.token()]
    walk.done(again="yes")
    tokens.append(walk.token())
    assert walk.wait(1000) == 1  # and not once for each second
    tokens.append(walk.token())
    assert len(set(tokens)) == 3
    assert walk.run.due == walk.now + 1
    assert walk.done(again="no").run.ended
    assert [visit.state for visit in walk.run.visits.values() if visit.node == "a"] == [
        "completed",
        "canceled",
        "completed",
    ]


def test_a_task_may_have_events_of_its_own() -> None:
    walk = Walk(AGAIN)
    with pytest.raises(TaskRefused) as refused:
        walk.error("F")
    assert refused.value.code == "uncaught"
    assert walk.error("E").run.ended
