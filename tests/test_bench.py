"""What `make bench` says of its figures, and keeps."""

import json
from pathlib import Path

from bench.figures import Figure, Floor, at_least, at_most
from bench.keeping import keep, number

DRAIN = Figure(
    part="relay", what="events", value=6000, unit="/s", floor=Floor("bare", 8000), budgets=(at_least(5000),)
)
CREATE = Figure(
    part="create",
    what="a row",
    value=400,
    unit="/s",
    floor=Floor("one row", 1000),
    budgets=(at_least(0.5, ratio=True), at_most(500)),
)
SPENT = Figure(part="publish", what="CPU", value=51.24, unit="ms")


def test_a_figure_keeps_what_is_meant_of_it_or_of_its_ratio() -> None:
    assert (DRAIN.ratio, DRAIN.kept) == (0.75, True)
    assert (CREATE.ratio, CREATE.kept) == (0.4, False)  # one of two is enough to miss it
    assert (SPENT.ratio, SPENT.kept) == (None, None)
    unmeasured = Figure(part="create", what="a row", value=400, unit="/s", budgets=CREATE.budgets)
    assert unmeasured.kept is False  # a ratio that nobody knows is not kept


def test_numbers_have_the_digits_that_mean_something() -> None:
    assert [number(one) for one in (12345.6, 200.0, 51.24, 1.5, 0.304)] == [
        "12,346",
        "200",
        "51.2",
        "1.50",
        "0.30",
    ]


def test_what_is_kept_has_the_figures_and_no_name_of_a_machine(tmp_path: Path) -> None:
    keep([DRAIN, CREATE, SPENT], tmp_path, "here", 90)
    text, document = (tmp_path / "here.md").read_text(), json.loads((tmp_path / "here.json").read_text())
    assert "| relay | events | 6,000 /s | 8,000 /s | bare | 0.75 | >= 5,000 /s |" in text
    assert "| create | a row | 400 /s | 1,000 /s | one row | 0.40 | **>= x 0.50 and <= 500 /s** |" in text
    assert "| publish | CPU | 51.2 ms |  |  |  |  |" in text
    assert [one["kept"] for one in document["figures"]] == [True, False, None]
    assert document["seconds"] == 90
    assert document["machine"].keys() == {"processor", "memory", "system"}
    assert str(Path.cwd()) not in text + json.dumps(document)
