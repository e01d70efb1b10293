"""What the parts of a stack answer, read as facts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_app.doctor.facts import Breaker, Dependency, Health, Slow, StoreStatus, Stuck
from platform_app.doctor.reading import breakers_of, healths_of, slow_of, store_of, stuck_of

UP, DOWN = {"status": "up", "millis": 0.1}, {"status": "down", "millis": 2000.0}
NOW = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


def test_an_app_of_its_own_says_how_it_is() -> None:
    answer = {"status": "unready", "dependencies": {"postgres": DOWN, "outbox": {**UP, "detail": {"x": 1}}}}
    needed = {"postgres": Dependency(False), "outbox": Dependency(True, {"x": 1})}
    assert healths_of("pricing", answer) == {"pricing": Health("unready", needed)}


def test_the_gateway_that_answers_for_all_is_not_degraded_by_others() -> None:
    answer = {
        "status": "degraded",
        "dependencies": {"pricing.postgres": DOWN, "store.events": UP, "token-keys": UP},
    }
    assert healths_of("gateway", answer) == {
        "gateway": Health("ready", {"token-keys": Dependency(True)}),
        "pricing": Health("degraded", {"postgres": Dependency(False)}),
        "store": Health("ready", {"events": Dependency(True)}),
    }


def test_what_stops_takes_all_with_it_and_what_is_unready_does_not() -> None:
    dependencies = {"pricing.postgres": UP}
    assert {
        name: one.status
        for name, one in healths_of("gateway", {"status": "stopping", "dependencies": dependencies}).items()
    } == {"gateway": "stopping", "pricing": "stopping"}
    assert {
        name: one.status
        for name, one in healths_of("gateway", {"status": "unready", "dependencies": dependencies}).items()
    } == {"gateway": "unready", "pricing": "ready"}


@pytest.mark.parametrize("answer", [{}, {"status": "ready"}, {"status": "ready", "dependencies": {"a": {}}}])
def test_an_answer_without_what_matters_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        healths_of("gateway", answer)


def test_breakers_are_read_from_metrics() -> None:
    metrics = """
# HELP catalog_breaker_state 1 for the state in which a breaker is, 0 for those in which it is not.
# TYPE catalog_breaker_state gauge
catalog_breaker_state{breaker="service pricing",instance="http://p:1",service_name="gw",state="closed"} 0.0
catalog_breaker_state{breaker="service pricing",instance="http://p:1",service_name="gw",state="open"} 1.0
catalog_breaker_state{breaker="process engine",state="half_open"} 1
catalog_outbox_pending{service_name="pricing"} 1.0
"""
    assert breakers_of("offering", Health("ready"), metrics) == [
        Breaker("gw", "service pricing at http://p:1", "open"),
        Breaker("offering", "process engine", "half_open"),
    ]


def test_without_metrics_breakers_are_read_from_readyz() -> None:
    told = {
        "characteristic": Dependency(True, {"breaker": "closed", "calls": 3, "failed": 0}),
        "pricing": Dependency(True, {"1": "open", "2": "half_open"}),
        "outbox": Dependency(True, {"mode": "notify"}),
    }
    assert breakers_of("gateway", Health("ready", told), "") == [
        Breaker("gateway", "characteristic service", "closed"),
        Breaker("gateway", "pricing service, instance 1", "open"),
        Breaker("gateway", "pricing service, instance 2", "half_open"),
    ]


def account(*steps: dict[str, Any]) -> dict[str, Any]:
    """What the platform tells of a publication that is stuck."""
    return {"id": "a", "offeringKey": "galaxy", "steps": list(steps)}


def test_a_publication_is_stuck_at_its_stuck_step() -> None:
    done = {"title": "Lock prices", "state": "DONE", "startedAt": None, "problem": None}
    at = {
        "title": "Validate spec",
        "state": "STUCK",
        "startedAt": "2026-01-01T23:59:58+02:00",
        "problem": "The database is full.",
    }
    since = datetime(2026, 1, 1, 21, 59, 58, tzinfo=UTC)
    assert stuck_of(account(done, at)) == Stuck(
        id="a", offering="galaxy", step="Validate spec", since=since, problem="The database is full."
    )
    assert stuck_of(account({**at, "startedAt": None, "problem": None})) == Stuck(
        id="a", offering="galaxy", step="Validate spec"
    )


def test_a_time_is_told_in_utc() -> None:
    at = {"title": "A", "state": "STUCK", "startedAt": "2026-01-01T23:59:58+02:00", "problem": None}
    since = stuck_of(account(at)).since
    assert since is not None
    assert since.tzinfo is UTC


def test_a_publication_whose_steps_nobody_knows_is_stuck_somewhere() -> None:
    assert stuck_of({**account(), "steps": None}) == Stuck(id="a", offering="galaxy")


def test_slow_is_what_was_requested_long_ago() -> None:
    items = [
        {"id": "a", "offeringKey": "galaxy", "requestedAt": "2026-01-02T11:54:59Z"},
        {"id": "b", "offeringKey": "nova", "requestedAt": "2026-01-02T11:55:00Z"},
    ]
    assert slow_of(items, NOW, 300.0) == [Slow("a", "galaxy", NOW - timedelta(seconds=301))]


@pytest.mark.parametrize(("count", "lag"), [(0, None), (3, 0.25)])
def test_the_store_has_a_lag_when_something_has_come(count: int, lag: float | None) -> None:
    answer = {"entries": 7, "stale": 1, "lag": {"count": count, "p50": 0.1, "p95": 0.25}}
    assert store_of(answer) == StoreStatus(7, 1, lag)
