"""How long a task that has failed is left alone, and how often it is tried."""

import pytest

from kernel import workers
from kernel.errors import NotHeard, RuleBroken, Unavailable
from kernel.process import MORE_TRIES
from kernel.workers import next_try


def all_pauses(error: Exception, retries: int | None = None, *, patient: bool = False) -> list[float]:
    """The pauses between all tries, which all fail so."""
    pauses = list[float]()
    while (following := next_try(error, retries, patient=patient))[0]:
        retries, pause = following
        pauses.append(round(pause, 3))
    return pauses


@pytest.fixture
def even(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses without chance."""
    monkeypatch.setattr(workers, "_around", lambda seconds: seconds)


@pytest.mark.usefixtures("even")
def test_all_tries_take_less_than_the_diagrams_timer() -> None:
    first = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4]
    for error in (Unavailable("away"), TimeoutError()):
        assert all_pauses(error) == [*first, 10.0, 10.0]
    assert sum(all_pauses(TimeoutError())) == pytest.approx(32.7)
    assert all_pauses(RuntimeError("our fault")) == [0.1, 0.2]


@pytest.mark.usefixtures("even")
def test_what_is_on_its_way_is_waited_for_until_the_diagrams_timer_has_fired() -> None:
    first = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4]
    assert all_pauses(NotHeard("not yet")) == [*first, *[10.0] * 16]
    shortest = 0.75 * sum(all_pauses(NotHeard("not yet")))  # with the least that chance makes of it
    assert shortest > 120


@pytest.mark.usefixtures("even")
def test_where_no_timer_runs_what_time_may_heal_is_tried_for_about_an_hour() -> None:
    first = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6]
    pauses = all_pauses(Unavailable("away"), patient=True)
    assert pauses == [*first, *[30.0] * 118]
    assert sum(pauses) == pytest.approx(3600, rel=0.01)
    assert all_pauses(TimeoutError(), patient=True) == pauses
    assert all_pauses(RuntimeError("our fault"), patient=True) == [0.1, 0.2]
    assert all_pauses(RuleBroken("no"), patient=True) == []


@pytest.mark.usefixtures("even")
def test_the_tries_of_an_operator_have_pauses_in_which_something_may_come_back() -> None:
    assert all_pauses(Unavailable("away"), MORE_TRIES) == [3.2, 6.4, 10.0, 10.0]
    assert all_pauses(Unavailable("away"), MORE_TRIES, patient=True) == [30.0] * 4
    for patient in (False, True):
        assert all_pauses(RuntimeError("our fault"), MORE_TRIES, patient=patient) == [0.1, 0.2]
        assert all_pauses(RuleBroken("no"), MORE_TRIES, patient=patient) == []
