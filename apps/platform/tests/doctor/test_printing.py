"""One screen, as wide as it is."""

import io

from rich.console import Console

from platform_app.doctor.findings import Finding, Level, Verdict
from platform_app.doctor.printing import show

FINDINGS = [
    Finding(Level.WELL, "disk", "", "12.3 GB are free."),
    Finding(Level.PASSING, "queue", "store", "1 message waits."),
    Finding(
        Level.WRONG, "publication", "[red]galaxy\x1b[2J", "Stuck " + "x" * 50, f"catalog retry {'1' * 40}"
    ),
    Finding(Level.WRONG, "process", "pricing", "It does not run any more.", "catalog up"),
    Finding(Level.UNKNOWN, "store", "", "Not known: no answer.", "catalog up"),
]


def shown(width: int, verdict: Verdict, findings: list[Finding] = FINDINGS) -> list[str]:
    """The lines on a terminal of that width, without blank ones and without the blanks at their ends."""
    text = io.StringIO()
    show("native", findings, verdict, Console(file=text, width=width, highlight=False))
    return [line.rstrip() for line in text.getvalue().splitlines() if line.strip()]


def test_on_a_wide_terminal_what_to_do_stands_beside_what_it_is_for() -> None:
    lines = shown(160, Verdict.NEEDS_A_PERSON)
    gap = " " * 38
    assert lines[0] == "The native stack"
    assert lines[1].split() == ["what", "how", "it", "is", "what", "to", "do"]
    assert lines[3:] == [
        "  ✓   disk                             12.3 GB are free.",
        "  ~   queue store                      1 message waits.",
        f"  ✗   publication [red]galaxy\\x1b[2J   Stuck {'x' * 50}   catalog retry {'1' * 40}",
        f"  ✗   process pricing                  It does not run any more.{gap[:34]}catalog up",
        f"  ?   store                            Not known: no answer.{gap}catalog up",
        "3 things need a person.",
    ]


def test_on_a_narrow_one_commands_stand_below_each_once_and_are_not_broken() -> None:
    lines = shown(60, Verdict.NEEDS_A_PERSON)
    assert lines[-4:] == [
        "What to do:",
        f"  catalog retry {'1' * 40}",
        "  catalog up",
        "3 things need a person.",
    ]
    assert sum(line.count("x") for line in lines) == 52  # folded, and not cut; two are in the name


def test_the_last_sentence() -> None:
    assert shown(80, Verdict.WELL, FINDINGS[:1])[-1] == "All is well."
    assert shown(80, Verdict.NOT_UP, FINDINGS[3:4])[-1] == "The platform is not up."
    assert shown(80, Verdict.NEEDS_A_PERSON, FINDINGS[3:4])[-1] == "1 thing needs a person."
