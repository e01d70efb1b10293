"""The adapter: `kernel.process` on the REST interface."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, Final, Literal

import httpx

from kernel.bpmn import read
from kernel.camunda.rest import Rest, segment
from kernel.camunda.tasks import TaskClient, typed
from kernel.errors import Unavailable
from kernel.process import (
    LONGEST_TEXT,
    MORE_TRIES,
    Activity,
    ExternalTask,
    Incident,
    Instance,
    State,
    TaskRefused,
    Variables,
)
from kernel.variables import require_text, require_variables, storable

_DEPLOYING = 30.0
"""Seconds that a deployment may take: the first one after its start finds the engine cold."""
MOST_INCIDENTS = 1000
_NO_TOPIC = "nobody's"
_STATES: Final = {
    "ACTIVE": State.RUNNING,
    "SUSPENDED": State.RUNNING,
    "COMPLETED": State.COMPLETED,
    "EXTERNALLY_TERMINATED": State.CANCELLED,
    "INTERNALLY_TERMINATED": State.CANCELLED,
}
_OLDEST_FIRST = [{"sortBy": "startTime", "sortOrder": "asc"}, {"sortBy": "occurrence", "sortOrder": "asc"}]
_STUCK = {
    "incidentType": "failedExternalTask",
    "sortBy": "incidentTimestamp",
    "sortOrder": "asc",
    "maxResults": MOST_INCIDENTS,
}
_ERRORS = {"variableNameLike": "error%"}
_FAILURES = {"failureLog": "true", "sortBy": "timestamp", "sortOrder": "asc"}


class Camunda(AbstractAsyncContextManager["Camunda"]):
    """A `kernel.process.ProcessEngine`. `url` is the address of the REST interface, user and password in it.

    One start for each business key, which the engine does not promise, is a unique index in its database
    (`catalog up` makes it) and a second look here. `transport` replaces the network.
    """

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._rest = Rest(url, transport)

    async def __aexit__(self, *_: object) -> None:
        await self._rest.close()

    async def deploy(self, diagram: bytes, name: str) -> None:
        """See `kernel.process.Engine`. What all engines run alike is checked here: this one runs more."""
        read(diagram)
        options = {
            "deployment-name": name,
            "deployment-source": "catalog",
            "enable-duplicate-filtering": "true",
            "deploy-changed-only": "true",
        }
        files = {name: (name, diagram, "application/xml")}
        await self._rest.ask("POST", "/deployment/create", data=options, files=files, deadline=_DEPLOYING)

    async def start(self, process: str, business_key: str, variables: Variables) -> None:
        """See `kernel.process.Engine`."""
        require_variables(variables)
        if await self._find(process, business_key) is not None:
            return
        body = {"businessKey": business_key, "variables": typed(variables)}
        try:
            await self._rest.ask("POST", f"/process-definition/key/{segment(process)}/start", json=body)
        except Unavailable:  # a lost race, which the unique index ends; or a lost answer
            if await self._find(process, business_key) is None:
                raise

    async def look(self, process: str, business_key: str) -> Instance | None:
        """See `kernel.process.Engine`. Five calls, three of them at the same time.

        What is stuck is read before what has failed: so none is told as stuck without its last failure.
        """
        found = await self._find(process, business_key)
        if found is None:
            return None
        id, of = found["id"], {"processInstanceId": found["id"]}
        stuck = await self._stuck(id)
        activities, failures, known = await asyncio.gather(
            self._rest.ask("POST", "/history/activity-instance", json={**of, "sorting": _OLDEST_FIRST}),
            self._rest.ask("GET", "/history/external-task-log", params={**of, **_FAILURES}),
            self._rest.ask("GET", "/history/variable-instance", params={**of, **_ERRORS}),
        )
        errors = {one["name"]: one["value"] for one in known}
        counts = Counter(failure["activityInstanceId"] for failure in failures)
        problems = {failure["activityInstanceId"]: failure["errorMessage"] for failure in failures}
        return Instance(
            business_key=business_key,
            state=_STATES[found["state"]],
            activities=[_activity(one, counts[one["id"]], problems.get(one["id"])) for one in activities],
            incidents=[_incident(task) for task in stuck],
            error_code=errors.get("errorCode"),
            error_message=errors.get("errorMessage"),
        )

    async def incidents(self, process: str) -> Sequence[Incident]:
        """See `kernel.process.Engine`: those that have waited for longest come first. Two calls.

        Tasks cannot be asked for by the key of their process, and incidents do not say their business key.
        """
        params = {"processDefinitionKeyIn": process, **_STUCK}
        found = await self._rest.ask("GET", "/incident", params=params)
        if not found:
            return []
        wanted = {"processInstanceIds": sorted({one["processInstanceId"] for one in found})}
        running = await self._rest.ask("POST", "/process-instance", json=wanted)
        keys = {one["id"]: one["businessKey"] or "" for one in running}
        return [
            Incident(
                business_key=keys[one["processInstanceId"]],
                activity=one["activityId"],
                message=one["incidentMessage"] or "",
            )
            for one in found
            if one["processInstanceId"] in keys  # the others have ended since
        ]

    async def retry(self, process: str, business_key: str, retries: int = MORE_TRIES) -> int:
        """See `kernel.process.Engine`."""
        if retries < 1:
            raise TaskRefused("One try more is the least.", code="invalid")
        found = await self._require(process, business_key)
        given = [await self._give(task["id"], retries) for task in await self._stuck(found["id"])]
        return sum(given)

    async def cancel(self, process: str, business_key: str) -> None:
        """See `kernel.process.Engine`."""
        found = await self._require(process, business_key)
        if _STATES[found["state"]] is not State.RUNNING:
            raise TaskRefused(f"{process} {business_key} does not run any more.", code="gone")
        await self._rest.ask(
            "DELETE", f"/process-instance/{found['id']}", params={"skipCustomListeners": True}
        )

    async def check(self) -> None:
        """See `kernel.process.Engine`. Where it is wrong, the password is, too."""
        try:
            await self._rest.ask("GET", "/version")
        except TaskRefused as error:
            raise Unavailable("There is no process engine at this address.") from error

    async def fetch(
        self,
        topics: Sequence[str],
        worker: str,
        *,
        lock: float,
        most: int = 1,
        wait: float = 0.0,
        business_key: str | None = None,
    ) -> Sequence[ExternalTask]:
        """See `kernel.process.ExternalTasks`."""
        asked = TaskClient(
            self._rest,
            worker,
            lockDuration=_millis(lock),
            maxTasks=most,
            asyncResponseTimeout=_millis(wait),
            businessKey=business_key,
        )
        return [_task(task) for task in await asked.fetch_and_lock(topics)]

    async def complete(self, task: str, worker: str, variables: Variables | None = None) -> None:
        """See `kernel.process.ExternalTasks`."""
        require_variables(variables or {})
        await TaskClient(self._rest, worker).complete(task, variables)

    async def error(
        self, task: str, worker: str, code: str, message: str, variables: Variables | None = None
    ) -> None:
        """See `kernel.process.ExternalTasks`."""
        require_variables(variables or {})
        require_text("The message", message)
        require_text("The code", code)
        await TaskClient(self._rest, worker).bpmn_failure(task, code, message.strip() or None, variables)

    async def failure(self, task: str, worker: str, message: str, retries: int, pause: float = 0.0) -> None:
        """See `kernel.process.ExternalTasks`. The engine keeps the first 666 characters of the message."""
        said = storable(message[:LONGEST_TEXT])
        await TaskClient(self._rest, worker).failure(task, said, None, retries, _millis(pause))

    async def extend(self, task: str, worker: str, lock: float) -> None:
        """See `kernel.process.ExternalTasks`."""
        await TaskClient(self._rest, worker).extend_lock(task, _millis(lock))

    async def unlock_all(self, worker: str) -> int:
        """See `kernel.process.ExternalTasks`.

        The engine goes on answering a call whose caller has gone, and what it locks then stays locked for
        nobody. Another call of the same worker ends that one (the engine is set up so), even one that asks
        for nothing and waits for a millisecond.
        """
        await self.fetch([_NO_TOPIC], worker, lock=1.0, wait=0.001)
        tasks = await self._rest.ask("GET", "/external-task", params={"workerId": worker, "locked": "true"})
        return sum([await self._unlock(task["id"]) for task in tasks])

    async def _find(self, process: str, business_key: str) -> Mapping[str, Any] | None:
        params = {"processDefinitionKey": process, "processInstanceBusinessKey": business_key}
        rows = await self._rest.ask("GET", "/history/process-instance", params=params)
        return rows[0] if rows else None

    async def _require(self, process: str, business_key: str) -> Mapping[str, Any]:
        found = await self._find(process, business_key)
        if found is None:
            raise TaskRefused(f"There is no {process} with the business key {business_key}.", code="gone")
        return found

    async def _stuck(self, id: str) -> Sequence[Mapping[str, Any]]:
        params = {"processInstanceId": id, "noRetriesLeft": "true"}
        tasks: Sequence[Mapping[str, Any]] = await self._rest.ask("GET", "/external-task", params=params)
        return tasks

    async def _give(self, task: str, retries: int) -> bool:
        """False when it has ended meanwhile."""
        return await self._unless_gone("PUT", f"/external-task/{task}/retries", json={"retries": retries})

    async def _unlock(self, task: str) -> bool:
        return await self._unless_gone("POST", f"/external-task/{task}/unlock")

    async def _unless_gone(self, method: str, path: str, **sent: Any) -> bool:
        try:
            await self._rest.ask(method, path, **sent)
        except TaskRefused as error:
            if error.code != "gone":
                raise
            return False
        return True


def _task(told: Mapping[str, Any]) -> ExternalTask:
    return ExternalTask(
        id=told["id"],
        topic=told["topicName"],
        activity=told["activityId"],
        business_key=told["businessKey"] or "",
        variables={name: one["value"] for name, one in told["variables"].items()},
        retries=told["retries"],
    )


def _incident(told: Mapping[str, Any]) -> Incident:
    return Incident(
        business_key=told["businessKey"] or "",
        activity=told["activityId"],
        message=told["errorMessage"] or "",
    )


def _activity(told: Mapping[str, Any], failures: int, problem: str | None) -> Activity:
    ended = told["endTime"]
    state: Literal["active", "completed", "canceled"] = (
        "active" if not ended else "canceled" if told["canceled"] else "completed"
    )
    return Activity(
        id=told["activityId"],
        kind=_kind(told["activityType"]),
        state=state,
        started_at=_moment(told["startTime"]),
        ended_at=_moment(ended) if ended else None,
        failures=failures,
        problem=problem,
    )


def _kind(type: str) -> str:
    """The element's name in BPMN: the engine has one for each kind of event (noneEndEvent, boundaryTimer)."""
    if type.startswith("boundary"):
        return "boundaryEvent"
    return "endEvent" if type.endswith("EndEvent") else type


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
