"""The adapter of Camunda over a scripted REST interface: what is sent, and what its answers mean.

What the engine itself does is in `tests/contract`.
"""

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.trace import SpanKind
from structlog.testing import capture_logs

from kernel.camunda import Camunda, rest
from kernel.errors import Invalid, Unavailable
from kernel.process import Activity, Incident, Instance, State, TaskRefused
from kernel.settings import TraceSettings
from kernel.tracing import Tracing, current_trace_id, extract

URL = "http://pricing:s3cr%40t@engine.test:8080/engine-rest"
DIAGRAM = Path(__file__).parents[3] / "bpmn" / "publish_offering.bpmn"
PROCESS = "publish-offering"

Answer = httpx.Response | Exception


class Scripted:
    """Answers as it is told to, in order, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def engine(self) -> Camunda:
        return Camunda(URL, httpx.MockTransport(self))

    @property
    def paths(self) -> list[str]:
        return [f"{one.method} {one.url.path.removeprefix('/engine-rest')}" for one in self.asked]

    def body(self, number: int = -1) -> Any:
        return json.loads(self.asked[number].content)


def ok(document: object = None) -> httpx.Response:
    return httpx.Response(204) if document is None else httpx.Response(200, json=document)


def no(status: int, message: str, type: str = "RestException") -> httpx.Response:
    return httpx.Response(status, json={"type": type, "message": message, "code": 0})


AWAY = "The process engine does not answer right now; please try again soon."
CLOSED = "The process engine does not let this service do that: an operator has to look into it."
REFUSALS = [
    (404, "External task with id t1 does not exist", "gone"),
    (500, "Cannot find external task with id t1: externalTask is null", "gone"),
    (404, "No matching process definition with key: nope and no tenant-id", "gone"),
    (400, "External Task t1 cannot be completed by worker 'v'. It is locked by worker 'w'.", "not_yours"),
    (400, "External Task t1 cannot be extended by worker 'v'. It is locked by worker 'w'.", "not_yours"),
    (400, "Cannot extend a lock that expired for External Task t1", "expired"),
    (500, "ENGINE-13033 Propagation of bpmn error NO failed because no boundary event was found", "uncaught"),
    (500, "Error Code is empty", "invalid"),
    (500, "retries is not greater than or equal to 0", "invalid"),
    (400, "Unrecognized field", "invalid"),
]


SENTENCES = {
    "gone": "The process engine does not know this, or not any more.",
    "not_yours": "Another worker has this task.",
    "expired": "The lock of this task has run out.",
    "uncaught": "No event of the diagram takes this error.",
    "invalid": "The process engine does not take what it was sent.",
}


@pytest.mark.parametrize(("status", "message", "code"), REFUSALS)
async def test_what_a_refusal_says_is_what_it_means(status: int, message: str, code: str) -> None:
    script = Scripted(no(status, message))
    with capture_logs() as lines, pytest.raises(TaskRefused) as refused:
        await script.engine().complete("t1", "w1")
    assert (refused.value.code, refused.value.message) == (code, SENTENCES[code])
    assert len(script.asked) == 1
    reason = f"{status} RestException {message}"
    assert lines == [{"event": "engine.refuses", "log_level": "info", "code": code, "reason": reason}]


COLLISIONS = [
    (500, "OptimisticLockingException", "ENGINE-03005 Execution of 'UPDATE' failed."),
    (500, "NullPointerException", ""),
    (500, "NullValueException", "Cannot find execution with id e1 for external task t1: execution is null"),
    (400, "InvalidRequestException", "Entity was updated by another transaction concurrently."),
]


@pytest.mark.parametrize(("status", "type", "message"), COLLISIONS)
async def test_what_was_rolled_back_is_asked_again(status: int, type: str, message: str) -> None:
    script = Scripted(no(status, message, type), no(status, message, type), ok())
    await script.engine().complete("t1", "w1", {"a": 1})
    assert script.paths == ["POST /external-task/t1/complete"] * 3
    assert script.body(0) == script.body(2)


async def test_after_the_third_time_it_is_away() -> None:
    script = Scripted(*(no(500, "deadlock", "ProcessEnginePersistenceException") for _ in range(3)))
    with capture_logs() as lines, pytest.raises(Unavailable) as away:
        await script.engine().complete("t1", "w1")
    assert len(script.asked) == 3
    assert away.value.message == AWAY
    reason = "500 ProcessEnginePersistenceException deadlock"
    assert lines == [{"event": "engine.away", "log_level": "warning", "reason": reason}]


@pytest.mark.parametrize(
    ("answer", "said", "reason"),
    [
        (httpx.Response(401), CLOSED, "401"),
        (no(403, "No 'CREATE' for 'pricing'", "Denied"), CLOSED, "403 Denied No 'CREATE' for 'pricing'"),
        (httpx.Response(200, text="<html>"), AWAY, "it answers what is no JSON"),
        (httpx.ConnectError("refused"), AWAY, "ConnectError('refused')"),
        (httpx.ReadError("cut"), AWAY, "ReadError('cut')"),
        (httpx.RemoteProtocolError("half"), AWAY, "RemoteProtocolError('half')"),
    ],
)
async def test_an_engine_that_is_away_or_closed_is_asked_once(answer: Answer, said: str, reason: str) -> None:
    script = Scripted(answer)
    with capture_logs() as lines, pytest.raises(Unavailable) as away:
        await script.engine().complete("t1", "w1")
    assert len(script.asked) == 1
    assert away.value.message == said
    assert lines == [{"event": "engine.away", "log_level": "warning", "reason": reason}]


async def test_a_silent_engine_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError

    monkeypatch.setattr(rest, "DEADLINE", 0.05)
    monkeypatch.setattr("kernel.camunda.tasks.DEADLINE", 0.05)
    engine = Camunda(URL, httpx.MockTransport(hang))
    with pytest.raises(Unavailable):
        await engine.fetch(["step"], "w1", lock=1.0, wait=0.1)


async def test_who_asks_is_said_in_headers() -> None:
    script = Scripted(ok({"version": "7.24.0"}))
    tracing = Tracing("tests", TraceSettings())
    with tracing.span("test", extract({}), SpanKind.SERVER):
        trace = current_trace_id()
        await script.engine().check()
    tracing.close()
    (request,) = script.asked
    assert str(request.url) == "http://engine.test:8080/engine-rest/version"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"pricing:s3cr@t").decode()
    assert request.headers["traceparent"].split("-")[1] == trace


async def test_where_there_is_no_engine_it_is_not_ready() -> None:
    with pytest.raises(Unavailable, match=r"^There is no process engine at this address\.$"):
        await Scripted(no(404, "HTTP 404 Not Found", "NotFoundException")).engine().check()


async def test_what_is_fetched() -> None:
    task = {
        "id": "t1",
        "topicName": "step",
        "activityId": "lock_prices",
        "businessKey": "p1",
        "retries": 2,
        "variables": {
            "a": {"type": "String", "value": "x", "valueInfo": {}},
            "b": {"type": "Null", "value": None},
        },
    }
    script = Scripted(ok([task]), ok([]))
    engine = script.engine()
    (found,) = await engine.fetch(["step", "other"], "w1", lock=30.0, most=8, wait=10.0, business_key="p1")
    assert (found.id, found.topic, found.activity, found.business_key) == ("t1", "step", "lock_prices", "p1")
    assert (found.variables, found.retries) == ({"a": "x", "b": None}, 2)
    asked = script.body()
    assert asked | {"topics": None} == {
        "workerId": "w1",
        "maxTasks": 8,
        "asyncResponseTimeout": 10_000,
        "usePriority": False,
        "sorting": [{"sortBy": "createTime", "sortOrder": "asc"}],
        "topics": None,
    }
    assert [(one["topicName"], one["lockDuration"], one["businessKey"]) for one in asked["topics"]] == [
        ("step", 30_000, "p1"),
        ("other", 30_000, "p1"),
    ]
    assert await engine.fetch(["step"], "w1", lock=1.0) == []
    assert "asyncResponseTimeout" not in script.body()
    assert "businessKey" not in script.body()["topics"][0]


async def test_what_is_reported() -> None:
    script = Scripted(ok(), ok(), ok(), ok())
    engine = script.engine()
    await engine.complete("t1", "w1", {"a": 1.5, "b": None, "c": True})
    await engine.error("t1", "w1", "PRICE_MISSING", " ", {"problems": "[]"})
    await engine.failure("t1", "w1", "no\0" * 3000, 2, 0.25)
    await engine.extend("t1", "w1", 30.0)
    assert script.paths == [
        f"POST /external-task/t1/{verb}" for verb in ("complete", "bpmnError", "failure", "extendLock")
    ]
    done, error, failure, extended = map(script.body, range(4))
    assert done == {
        "workerId": "w1",
        "variables": {"a": {"value": 1.5}, "b": {"value": None}, "c": {"value": True}},
        "localVariables": {},
    }
    assert error == {
        "workerId": "w1",
        "errorCode": "PRICE_MISSING",
        "errorMessage": None,
        "variables": {"problems": {"value": "[]"}},
    }
    assert failure == {
        "workerId": "w1",
        "errorMessage": ("no?" * 3000)[:4000],
        "errorDetails": None,
        "retries": 2,
        "retryTimeout": 250,
    }
    assert extended == {"workerId": "w1", "newDuration": 30_000}


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.complete("t1", "w1", {"a": "x" * 4001}),
        lambda engine: engine.complete("t1", "w1", {"a": float("nan")}),
        lambda engine: engine.error("t1", "w1", "PRICE_MISSING", "x" * 4001),
        lambda engine: engine.error("t1", "w1", "PRICE_MISSING", "", {"a": {"value": 1}}),
        lambda engine: engine.start(PROCESS, "p1", {"a": "\0"}),
        lambda engine: engine.retry(PROCESS, "p1", 0),
    ],
)
async def test_what_its_database_would_refuse_is_not_sent(call: Callable[[Camunda], Any]) -> None:
    script = Scripted()
    with pytest.raises(TaskRefused) as refused:
        await call(script.engine())
    assert refused.value.code == "invalid"
    assert script.asked == []


RUNNING = {"id": "i1", "state": "ACTIVE"}
FIND, START = "GET /history/process-instance", f"POST /process-definition/key/{PROCESS}/start"


async def test_what_runs_or_ran_is_not_started() -> None:
    script = Scripted(ok([RUNNING]))
    await script.engine().start(PROCESS, "p1", {})
    assert script.paths == [FIND]
    assert dict(script.asked[0].url.params) == {
        "processDefinitionKey": PROCESS,
        "processInstanceBusinessKey": "p1",
    }


async def test_a_start() -> None:
    script = Scripted(ok([]), ok({"id": "i1"}))
    await script.engine().start(PROCESS, "p1", {"offeringVersion": 3})
    assert script.paths == [FIND, START]
    assert script.body() == {"businessKey": "p1", "variables": {"offeringVersion": {"value": 3}}}


async def test_a_lost_race_or_a_lost_answer_is_a_start() -> None:
    lost = no(500, "Cannot instantiate process definition: An exception occurred in the persistence layer.")
    script = Scripted(ok([]), lost, lost, lost, ok([RUNNING]))
    await script.engine().start(PROCESS, "p1", {})
    assert script.paths == [FIND, START, START, START, FIND]
    script = Scripted(ok([]), httpx.ReadTimeout("silence"), ok([RUNNING]))
    await script.engine().start(PROCESS, "p1", {})
    assert script.paths == [FIND, START, FIND]


async def test_a_start_that_is_nowhere_to_be_found_has_failed() -> None:
    script = Scripted(ok([]), httpx.ReadTimeout("silence"), ok([]))
    with pytest.raises(Unavailable) as away:
        await script.engine().start(PROCESS, "p1", {})
    assert away.value.message == AWAY
    assert script.paths == [FIND, START, FIND]


async def test_a_diagram_is_deployed_once() -> None:
    script = Scripted(ok({"id": "d1"}))
    await script.engine().deploy(DIAGRAM.read_bytes(), "publish_offering.bpmn")
    assert script.paths == ["POST /deployment/create"]
    sent = script.asked[0].content
    assert DIAGRAM.read_bytes() in sent
    for option in (b"enable-duplicate-filtering", b"deploy-changed-only"):
        assert b'name="' + option + b'"\r\n\r\ntrue' in sent


async def test_a_diagram_that_engines_run_differently_is_not_sent() -> None:
    script = Scripted()
    xml = (
        DIAGRAM.read_bytes()
        .replace(b"<bpmn:serviceTask", b"<bpmn:userTask")
        .replace(b"</bpmn:serviceTask", b"</bpmn:userTask")
    )
    with pytest.raises(Invalid):
        await script.engine().deploy(xml, "publish_offering.bpmn")
    assert script.asked == []


def activity(id: str, type: str, began: int, ended: int | None = None, canceled: bool = False) -> Any:
    moment = "2026-03-01T11:00:0{}.250+0100"
    return {
        "id": f"{id}:1",
        "activityId": id,
        "activityType": type,
        "startTime": moment.format(began),
        "endTime": None if ended is None else moment.format(ended),
        "canceled": canceled,
    }


def at(second: int) -> datetime:
    return datetime(2026, 3, 1, 10, 0, second, 250_000, UTC)


async def test_how_far_an_instance_is() -> None:
    failure = {"activityInstanceId": "drop_entry:1", "errorMessage": "no"}
    stuck = {"id": "t1", "businessKey": "p1", "activityId": "drop_entry", "errorMessage": "no, again"}
    answers = {
        "/history/process-instance": [RUNNING],
        "/history/activity-instance": [
            activity("forward", "subProcess", 0, 1, canceled=True),
            activity("on_timeout", "boundaryTimer", 1, 1),
            activity("drop_entry", "serviceTask", 1),
        ],
        "/history/external-task-log": [failure, failure | {"errorMessage": "no, again"}],
        "/external-task": [stuck],
        "/history/variable-instance": [
            {"name": "errorMessage", "value": "No such price."},
            {"name": "errorCode", "value": "PRICE_MISSING"},
        ],
    }
    asked, answered = list[str](), list[str]()

    async def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/engine-rest")
        asked.append(path)
        await asyncio.sleep(0)
        # Else it might become stuck in between, and would be told as stuck before its last failure.
        assert path != "/history/external-task-log" or "/external-task" in answered
        answered.append(path)
        return ok(answers[path])

    found = await Camunda(URL, httpx.MockTransport(answer)).look(PROCESS, "p1")
    assert found == Instance(
        business_key="p1",
        state=State.RUNNING,
        activities=[
            Activity(id="forward", kind="subProcess", state="canceled", started_at=at(0), ended_at=at(1)),
            Activity(
                id="on_timeout", kind="boundaryEvent", state="completed", started_at=at(1), ended_at=at(1)
            ),
            Activity(
                id="drop_entry",
                kind="serviceTask",
                state="active",
                started_at=at(1),
                failures=2,
                problem="no, again",
            ),
        ],
        incidents=[Incident(business_key="p1", activity="drop_entry", message="no, again")],
        error_code="PRICE_MISSING",
        error_message="No such price.",
    )
    assert sorted(asked) == sorted(answers)


async def test_only_incidents_of_the_process_are_asked_for() -> None:
    def incident(instance: str, message: str | None) -> Any:
        return {"processInstanceId": instance, "activityId": "drop_entry", "incidentMessage": message}

    incidents = [
        incident("i2", "no"),
        incident("i1", None),
        incident("ended since", "no"),
        incident("i2", "x"),
    ]
    script = Scripted(
        ok(incidents), ok([{"id": "i1", "businessKey": "p1"}, {"id": "i2", "businessKey": "p2"}]), ok([])
    )
    engine = script.engine()
    assert await engine.incidents(PROCESS) == [
        Incident(business_key="p2", activity="drop_entry", message="no"),
        Incident(business_key="p1", activity="drop_entry", message=""),
        Incident(business_key="p2", activity="drop_entry", message="x"),
    ]
    assert script.body() == {"processInstanceIds": ["ended since", "i1", "i2"]}
    assert await engine.incidents(PROCESS) == []
    assert script.paths == ["GET /incident", "POST /process-instance", "GET /incident"]
    assert dict(script.asked[0].url.params) == {
        "processDefinitionKeyIn": PROCESS,
        "incidentType": "failedExternalTask",
        "sortBy": "incidentTimestamp",
        "sortOrder": "asc",
        "maxResults": "1000",
    }


async def test_an_operator_gives_five_tries() -> None:
    script = Scripted(ok([RUNNING]), ok([{"id": "t1"}]), ok())
    assert await script.engine().retry(PROCESS, "p1") == 1
    assert script.body() == {"retries": 5}


async def test_what_has_ended_meanwhile_gets_no_tries() -> None:
    gone = no(404, "External task with id t1 does not exist")
    script = Scripted(ok([RUNNING]), ok([{"id": "t1"}, {"id": "t2"}]), gone, ok())
    assert await script.engine().retry(PROCESS, "p1", 3) == 1
    assert script.paths[2:] == ["PUT /external-task/t1/retries", "PUT /external-task/t2/retries"]
    assert script.body() == {"retries": 3}


async def test_who_stops_ends_a_call_that_is_left_behind_and_gives_back_what_it_has() -> None:
    script = Scripted(ok([]), ok([{"id": "t1"}, {"id": "t2"}]), ok(), no(404, "does not exist"))
    assert await script.engine().unlock_all("w1") == 1
    assert script.paths == [
        "POST /external-task/fetchAndLock",
        "GET /external-task",
        "POST /external-task/t1/unlock",
        "POST /external-task/t2/unlock",
    ]
    assert (script.body(0)["workerId"], script.body(0)["asyncResponseTimeout"]) == ("w1", 1)
    assert dict(script.asked[1].url.params) == {"workerId": "w1", "locked": "true"}


async def test_an_instance_that_has_ended_is_not_cancelled() -> None:
    script = Scripted(ok([RUNNING | {"state": "COMPLETED"}]))
    with pytest.raises(TaskRefused) as refused:
        await script.engine().cancel(PROCESS, "p1")
    assert refused.value.code == "gone"
    assert script.paths == [FIND]


def test_the_library_leaves_logging_alone() -> None:
    """It logs through the root logger, which is configured by the first that uses it so."""
    code = (
        "import asyncio, logging, httpx; from kernel.camunda import Camunda;"
        "engine = Camunda('http://e.test', httpx.MockTransport(lambda _: httpx.Response(200, json=[])));"
        "print(asyncio.run(engine.fetch(['step'], 'w1', lock=1.0)), logging.getLogger().handlers)"
    )
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("[] []\n", "")
