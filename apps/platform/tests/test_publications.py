"""`catalog publications` as an operator meets it, before a gateway that says what a test wants."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from apps.platform.tests.gateway import Gateway
from offering.domain import Progress
from platform_app.subcommands.publications import Progress as Known

IDS = [f"01900000-0000-7000-8000-00000000000{number}" for number in range(4)]
LONG = "The price of the year was valid until yesterday, so nobody can buy it any more. " * 4


def publication(id: str = IDS[0], **changed: Any) -> dict[str, Any]:
    """What the platform tells of one."""
    return {
        "id": id,
        "offeringId": IDS[0],
        "offeringKey": "galaxy",
        "offeringVersion": 2,
        "status": "REJECTED",
        "requestedAt": "2026-01-01T23:59:58.5+02:00",
        "requestedBy": "pat",
        "endedAt": "2026-01-01T22:00:01Z",
        "cause": {"code": "PRICE_EXPIRED", "message": LONG.strip()},
        "problems": [],
        "steps": [],
        "nextAction": "See to the cause, then publish it again.",
        "note": None,
        **changed,
    }


def catalog(up: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        ["catalog", "publications", *arguments],
        env={**os.environ, "CATALOG_HOME": str(up), "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def said(up: Path, *arguments: str) -> str:
    """What it says when all is well, without the blanks of tables."""
    done = catalog(up, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_words_are_those_of_the_platform() -> None:
    assert sorted(map(str, Known)) == sorted(map(str, Progress))


def test_a_list_has_a_line_for_each(up: Path, gateway: Gateway) -> None:
    gateway.pages = [
        [
            publication(),
            publication(IDS[1], requestedBy="[red]p\x1b[2Jat", status="RUNNING", cause=None, endedAt=None),
        ]
    ]
    lines = said(up, "list", "--status", "rejected").splitlines()
    assert gateway.asked == ["GET /api/publications?size=100&status=REJECTED"]
    rows = [line.split() for line in lines if line.strip() and "─" not in line]
    assert rows == [
        ["id", "offering", "status", "requested", "(UTC)", "by", "cause"],
        [IDS[0], "galaxy", "REJECTED", "2026-01-01", "21:59:58", "pat", "PRICE_EXPIRED"],
        [IDS[1], "galaxy", "RUNNING", "2026-01-01", "21:59:58", "[red]p\\x1b[2Jat"],
    ]


def test_what_cannot_be_listed_is_refused_with_what_can(up: Path, gateway: Gateway) -> None:
    done = catalog(up, "list", "--status", "foo")
    assert done.returncode == 2
    assert set(Progress) <= set(re.findall(r"[A-Z]+", done.stderr.upper()))
    assert gateway.asked == []


def test_a_refusal_names_its_problems(up: Path, gateway: Gateway) -> None:
    errors = [{"code": "length", "pointer": "/query/offeringKey", "message": "At most 80 characters."}]
    body = {"code": "malformed", "detail": "`errors` says where and why.", "errors": errors}
    gateway.answers["GET /api/publications"] = (422, body)
    done = catalog(up, "list", "--offering", "x" * 81)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "catalog: `errors` says where and why. /query/offeringKey: At most 80 characters."
    ]


def test_one_is_shown_with_its_cause_and_its_steps(up: Path, gateway: Gateway) -> None:
    step = {
        "name": "lock_prices",
        "title": "Lock prices",
        "state": "FAILED",
        "attempts": 1,
        "startedAt": "2026-01-01T23:59:59+02:00",
        "endedAt": "2026-01-01T22:00:00.25Z",
        "problem": "w" * 100,
    }
    faults = [{"code": "PRICE_EXPIRED", "message": "Until yesterday.", "pointer": "/draft/priceIds/0"}]
    gateway.answers[f"GET /api/publications/{IDS[0]}"] = (
        200,
        publication(steps=[step], problems=faults, requestedBy="[red]pat\x07"),
    )
    text = said(up, "show", IDS[0])
    lines = text.splitlines()
    assert lines[0] == "galaxy, requested by [red]pat\\x07: REJECTED"
    assert f"PRICE_EXPIRED: {LONG.strip()}" in " ".join(lines)
    assert "/draft/priceIds/0: Until yesterday." in lines
    assert "from (UTC)" in text
    (row,) = [line for line in lines if "Lock prices" in line]
    assert row.split()[2:6] == ["FAILED", "1", "21:59:59.000", "22:00:00.250"]
    assert text.count("w") - lines[0].count("w") >= 100  # folded, and not cut
    assert lines[-1] == "See to the cause, then publish it again."


def test_of_what_ended_without_a_trace_there_is_no_table(up: Path, gateway: Gateway) -> None:
    cause = {"code": "CANCELLED", "message": "Given up."}
    gateway.answers[f"GET /api/publications/{IDS[0]}"] = (200, publication(cause=cause))
    assert said(up, "show", IDS[0]).splitlines() == [
        "galaxy, requested by pat: REJECTED",
        "CANCELLED: Given up.",
        "It ended before any of its steps began.",
        "See to the cause, then publish it again.",
    ]


def test_all_that_are_stuck_are_tried_again(up: Path, gateway: Gateway) -> None:
    stuck = [publication(id, offeringKey=f"key-{id[-1]}", status="STUCK", cause=None) for id in IDS]
    gateway.pages = [stuck[:3], stuck[3:]]
    for id in IDS:
        gateway.answers[f"POST /api/publications/{id}/retry"] = (200, publication(id, status="RUNNING"))
    no = {"code": "nothing_stuck", "detail": "No step of this publication of key-1 waits for another try."}
    gateway.answers[f"POST /api/publications/{IDS[1]}/retry"] = (409, no)
    gateway.answers[f"POST /api/publications/{IDS[2]}/retry"] = (404, {"detail": "There is none."})
    assert said(up, "retry", "--stuck").splitlines() == [
        f"{IDS[0]} key-0: RUNNING",
        f"{IDS[1]} key-1: No step of this publication of key-1 waits for another try.",
        f"{IDS[2]} key-2: There is none.",
        f"{IDS[3]} key-3: RUNNING",
    ]
    query = "status=STUCK&sort=requestedAt&size=100"
    assert gateway.asked == [
        f"GET /api/publications?{query}&page=1",
        f"GET /api/publications?{query}&page=2",
        *(f"POST /api/publications/{id}/retry" for id in IDS),
    ]


def test_when_nothing_is_stuck_that_is_said(up: Path, gateway: Gateway) -> None:
    assert said(up, "retry", "--stuck") == "Nothing is stuck.\n"


def test_one_is_tried_again(up: Path, gateway: Gateway) -> None:
    gateway.answers[f"POST /api/publications/{IDS[0]}/retry"] = (200, publication(status="RUNNING"))
    assert said(up, "retry", IDS[0]).startswith("galaxy, requested by pat: RUNNING\n")


@pytest.mark.parametrize("arguments", [(), (IDS[0], "--stuck")])
def test_what_is_tried_again_must_be_said(up: Path, gateway: Gateway, arguments: tuple[str, ...]) -> None:
    done = catalog(up, "retry", *arguments)
    assert (done.returncode, gateway.asked) == (1, [])
    assert done.stderr == (
        "catalog: Say what to try again: the id of one publication, or --stuck for all that are stuck.\n"
    )
