"""What is read out of a diagram."""

from datetime import timedelta
from pathlib import Path

import pytest

from kernel.bpmn import Handlers, read
from kernel.bpmn.expressions import Condition, days_of, seconds_of
from kernel.process import Scalar, TaskRefused

XML = (Path(__file__).parents[3] / "bpmn" / "publish_offering.bpmn").read_bytes()
DIAGRAM = read(XML)


def test_what_it_is() -> None:
    assert (DIAGRAM.key, DIAGRAM.name, DIAGRAM.kept) == (
        "publish-offering",
        "Publish offering",
        timedelta(30),
    )
    assert DIAGRAM.start == "requested"
    assert DIAGRAM.names["lock_prices"] == "Lock prices"
    assert len(DIAGRAM.names) == 20


def test_what_others_do() -> None:
    assert {topic: [task.id for task in tasks] for topic, tasks in DIAGRAM.topics.items()} == {
        "pricing.lock-prices": ["lock_prices"],
        "specification.validate": ["validate"],
        "store.stage-entry": ["stage_entry"],
        "offering.confirm": ["confirm"],
        "store.drop-entry": ["drop_entry"],
        "pricing.release-prices": ["release_prices"],
        "offering.reject": ["reject"],
    }


def test_which_errors_lead_somewhere() -> None:
    prices = {"PRICE_MISSING", "PRICE_EXPIRED", "PRICE_CROWDED"}
    codes = frozenset({*prices, "SPECIFICATION_INVALID", "ENTRY_REFUSED"})
    assert DIAGRAM.handlers("specification.validate") == Handlers(codes, True)
    assert DIAGRAM.handlers("offering.confirm") == Handlers(frozenset(), False)
    with pytest.raises(KeyError):
        DIAGRAM.handlers("nobody.knows")


def test_a_topic_of_two_tasks_has_the_handlers_of_both() -> None:
    twice = read(XML.replace(b'"offering.confirm"', b'"pricing.lock-prices"'))
    assert [task.id for task in twice.topics["pricing.lock-prices"]] == ["lock_prices", "confirm"]
    assert twice.handlers("pricing.lock-prices") == Handlers(frozenset(), False)


def test_what_takes_only_so_long() -> None:
    assert DIAGRAM.timers == {"forward": 120}


def test_what_comes_behind() -> None:
    assert DIAGRAM.behind("on_timeout") == ("drop_entry", "release_prices", "reject", "rejected")
    assert set(DIAGRAM.behind("requested")) == {
        *("forward", "forward_started", "lock_prices", "validate", "stage_entry", "forward_done"),
        *("confirm", "published"),
    }


def test_what_is_around() -> None:
    assert [node.id for node in DIAGRAM.around("validate")] == ["validate", "forward"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT2M", 120), ("PT2S", 2), (" P1DT2H3M4S ", 93784), ("P2D", 172800)]
)
def test_durations(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "PT0S", "2M", "P1W", "PT1.5S", "R3/PT1M", "-PT1M", "P1Y"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write PnDTnHnMnS"):
        seconds_of(text)


def test_days() -> None:
    assert (days_of("P30D"), days_of("7")) == (30, 7)
    with pytest.raises(ValueError, match="write PnD"):
        days_of("P1W")


@pytest.mark.parametrize(
    ("written", "value", "holds"),
    [
        ("${late == 'yes'}", "yes", True),
        ("${late == 'yes'}", "no", False),
        ("${ late=='yes' }", None, False),
        (" ${late != 'yes'} ", "yes", False),
        ("${late != 'yes'}", None, True),
        ("${late == ''}", "", True),
    ],
)
def test_conditions(written: str, value: Scalar, holds: bool) -> None:
    condition = Condition.of(written)
    assert condition is not None
    assert condition.holds({"late": value}) is holds


@pytest.mark.parametrize("variables", [{}, {"late": 1}, {"late": True}, {"other": "yes"}])
def test_a_condition_on_what_is_no_text_is_refused(variables: dict[str, Scalar]) -> None:
    condition = Condition.of("${late == 'yes'}")
    assert condition is not None
    with pytest.raises(TaskRefused) as refused:
        condition.holds(variables)
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    "written", ["", "late == 'yes'", "${late}", "${late == yes}", "${a.b == 'x'}", "${a == 'b'"]
)
def test_other_conditions_are_none(written: str) -> None:
    assert Condition.of(written) is None
