"""External tasks through the client that Camunda's users write in Python, on connections of ours."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from kernel.camunda.rest import DEADLINE, Rest, segment
from kernel.process import Variables

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it spells its models as pydantic 1 did
    from camunda.client.async_external_task_client import AsyncExternalTaskClient
    from camunda.variables.variables import Variables as Typed

Sent = Mapping[str, Mapping[str, Any]]


def typed(variables: Variables | None) -> Sent:
    """Variables as the engine wants them; it finds the type of a scalar by itself."""
    typed: Sent = Typed.format(dict(variables or {}))
    return typed


class TaskClient(AsyncExternalTaskClient):  # type: ignore[misc]  # it has no types
    """One worker's calls about external tasks.

    Addresses, bodies and names are the library's. Its own four calls make a new HTTP client each, with
    certificates and all (20 ms of CPU), take one task at a time, cannot filter by business key, and tell
    refusals apart by no more than their text; its loop hands back what is in hand when it stops. So these go
    through `Rest`, and the loop is `kernel.workers`.
    """

    def __init__(self, rest: Rest, worker: str, **config: Any) -> None:
        super().__init__(worker, "", {"includeExtensionProperties": False, **config})
        self._rest = rest

    def _log_with_context(self, *_: Any, **__: Any) -> None:
        """Nothing: it would go to the root logger, and configure it where nobody has."""

    async def fetch_and_lock(
        self, topic_names: Sequence[str], process_variables: Any = None, variables: Any = None
    ) -> Any:
        """The tasks as the engine tells them. `config` has lockDuration, maxTasks, asyncResponseTimeout (ms).

        None as asyncResponseTimeout does not wait.
        """
        business_key, wait = self.config.get("businessKey"), self.config["asyncResponseTimeout"]
        topics = self._get_topics(list(topic_names), process_variables, variables)
        body = {
            "workerId": self.worker_id,
            "maxTasks": self.config["maxTasks"],
            "topics": [topic | ({"businessKey": business_key} if business_key else {}) for topic in topics],
            "usePriority": False,
            "sorting": [{"sortBy": "createTime", "sortOrder": "asc"}],
        }
        if wait:
            body["asyncResponseTimeout"] = wait
        return await self._rest.ask(
            "POST", self.get_fetch_and_lock_url(), json=body, deadline=(wait or 0) / 1000 + DEADLINE
        )

    async def complete(
        self, task_id: str, global_variables: Variables | None, local_variables: Variables | None = None
    ) -> None:
        """The task is done. Raises TaskRefused."""
        body = {"variables": typed(global_variables), "localVariables": typed(local_variables)}
        await self._tell(self.get_task_complete_url, task_id, body)

    async def failure(
        self, task_id: str, error_message: str, error_details: str | None, retries: int, retry_timeout: int
    ) -> None:
        """It has failed; the next try is in `retry_timeout` milliseconds. Raises TaskRefused."""
        body = {
            "errorMessage": error_message,
            "errorDetails": error_details,
            "retries": retries,
            "retryTimeout": retry_timeout,
        }
        await self._tell(self.get_task_failure_url, task_id, body)

    async def bpmn_failure(
        self, task_id: str, error_code: str, error_message: str | None, variables: Variables | None = None
    ) -> None:
        """The diagram says what follows. The engine answers 500 to an empty message, not to None."""
        body = {"errorCode": error_code, "errorMessage": error_message, "variables": typed(variables)}
        await self._tell(self.get_task_bpmn_error_url, task_id, body)

    async def extend_lock(self, task_id: str, milliseconds: int) -> None:
        """The lock lasts so long from now on. The library cannot do this. Raises TaskRefused."""
        await self._tell(
            lambda task: f"{self.external_task_base_url}/{task}/extendLock",
            task_id,
            {"newDuration": milliseconds},
        )

    async def _tell(self, path: Any, task_id: str, body: Mapping[str, Any]) -> None:
        await self._rest.ask("POST", path(segment(task_id)), json={"workerId": self.worker_id, **body})
