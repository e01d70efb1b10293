"""What the parts of a stack answer, read as facts. What is not as expected raises KeyError, TypeError or
ValueError: it is then one more thing that could not be looked at."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from platform_app.doctor.facts import Breaker, Dependency, Health, Slow, StoreStatus, Stuck

_LABEL = re.compile(r'(\w+)="([^"]*)"')
_STATES = frozenset({"closed", "open", "half_open"})


def healths_of(app: str, answer: Mapping[str, Any]) -> dict[str, Health]:
    """What /readyz of an app says: of itself, and as `name.dependency` of the apps that share its process."""
    needed: dict[str, dict[str, Dependency]] = {app: {}}
    for name, one in answer["dependencies"].items():
        service, _, dependency = name.rpartition(".")
        state = Dependency(one["status"] == "up", one.get("detail") or {})
        needed.setdefault(service or app, {})[dependency] = state
    return {name: Health(_status(name == app, answer["status"], all_), all_) for name, all_ in needed.items()}


def _status(own: bool, told: str, needed: Mapping[str, Dependency]) -> str:
    """Of an app that another one answers for, and of one that is degraded for others: what its own say."""
    if told == "stopping" or (own and told == "unready"):
        return told
    return "ready" if all(one.up for one in needed.values()) else "degraded"


def breakers_of(app: str, health: Health, metrics: str) -> list[Breaker]:
    """The breakers of an app: those in its metrics, or, where these are not had, those of its /readyz."""
    return list(_measured(app, metrics)) or list(_told(app, health))


def _measured(app: str, metrics: str) -> Iterator[Breaker]:
    """What is measured where several apps share a process has the label `service_name`."""
    for line in metrics.splitlines():
        name, _, rest = line.partition("{")
        labels, _, value = rest.rpartition("}")
        if name == "catalog_breaker_state" and float(value) == 1:
            said = dict(_LABEL.findall(labels))
            at = f" at {said['instance']}" if "instance" in said else ""
            yield Breaker(said.get("service_name", app), f"{said['breaker']}{at}", said["state"])


def _told(app: str, health: Health) -> Iterator[Breaker]:
    """One of an app that it needs, or one for each instance of that, by its number."""
    for whom, needed in health.dependencies.items():
        for name, value in needed.detail.items():
            if value in _STATES and (name == "breaker" or name.isdecimal()):
                at = "" if name == "breaker" else f", instance {name}"
                yield Breaker(app, f"{whom} service{at}", str(value))


def stuck_of(account: Mapping[str, Any]) -> Stuck:
    """A publication that is stuck, and at which step."""
    steps: Sequence[Mapping[str, Any]] = account["steps"] or ()
    at = next((one for one in steps if one["state"] == "STUCK"), None)
    if at is None:
        return Stuck(id=account["id"], offering=account["offeringKey"])
    return Stuck(
        id=account["id"],
        offering=account["offeringKey"],
        step=at["title"],
        since=datetime.fromisoformat(at["startedAt"]).astimezone(UTC) if at["startedAt"] else None,
        problem=at["problem"] or "",
    )


def slow_of(items: Sequence[Mapping[str, Any]], now: datetime, most: float) -> list[Slow]:
    """Those of a list of publications that were requested more than `most` seconds ago."""
    every = [Slow(one["id"], one["offeringKey"], datetime.fromisoformat(one["requestedAt"])) for one in items]
    return [one for one in every if now - one.since > timedelta(seconds=most)]


def store_of(answer: Mapping[str, Any]) -> StoreStatus:
    """What /store/status says."""
    lag = answer["lag"]
    return StoreStatus(
        int(answer["entries"]), int(answer["stale"]), float(lag["p95"]) if lag["count"] else None
    )
