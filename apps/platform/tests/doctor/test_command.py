"""`catalog doctor` as a person meets it."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from apps.platform.tests.gateway import Gateway
from platform_app.home import Home
from tests.processes import eventually

UP = {"status": "up", "millis": 0.1}
READY = {"status": "ready", "dependencies": {"pricing.outbox": UP, "store.mongodb": UP, "token-keys": UP}}
STORE = {"entries": 7, "stale": 0, "lag": {"count": 2, "p95": 0.2}}
ID = "01900000-0000-7000-8000-000000000001"


def doctor(place: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        ["catalog", "doctor", *arguments],
        env={**os.environ, "CATALOG_HOME": str(place), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def told(place: Path, status: int, stack: str = "embedded") -> dict[tuple[str, str], tuple[str, str, str]]:
    """Level, sentence and command by what they are about; it must end with this status."""
    done = doctor(place, "--json")
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stderr == ""
    findings = json.loads(done.stdout)[stack]["findings"]
    return {(one["about"], one["name"]): (one["level"], one["said"], one["command"]) for one in findings}


@pytest.fixture
def well(gateway: Gateway) -> Gateway:
    """A gateway behind which all is well."""
    gateway.answers["GET /readyz"] = 200, READY
    gateway.answers["GET /api/store/status"] = 200, STORE
    return gateway


def test_nothing_is_up(place: Path) -> None:
    done = doctor(place)
    assert done.returncode == 2
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert lines[0] == "The embedded stack"
    assert lines[3:] == ["✗   stack embedded   It is not up.   catalog up", "The platform is not up."]
    done = doctor(place, CATALOG_STACK="native")
    assert done.returncode == 2
    assert "It is not up.   catalog up --stack native" in done.stdout
    assert list(place.iterdir()) == [], "looking changes nothing"


def test_parts_that_are_away_are_findings_and_the_others_are_shown(up: Path, well: Gateway) -> None:
    """There is a gateway, and neither a database nor MongoDB behind this stack."""
    found = told(up, 1)
    assert found["apps", ""] == ("well", "3 are ready: gateway, pricing, store.", "")
    assert found["store", ""][:2] == (
        "well",
        "7 entries; what came lately was visible after 0.2 s (95 of 100).",
    )
    assert found["sign-in", ""] == ("well", "The operator can sign in.", "")
    assert found["publications", ""] == ("well", "None goes on.", "")
    level, said, command = found["parked", ""]
    assert (level, command) == ("unknown", "catalog up")
    assert said.startswith("Not known of characteristic, offering, pricing and specification: ")
    assert {about for about, _ in found} == {
        "processes",
        "apps",
        "outbox",
        "parked",
        "publications",
        "store",
        "sign-in",
        "disk",
    }


def test_a_publication_that_is_stuck_is_shown_with_its_step(up: Path, well: Gateway) -> None:
    item: dict[str, Any] = {
        "id": ID,
        "offeringKey": "[red]galaxy\x1b[2J",
        "requestedAt": "2026-01-01T12:00:00Z",
    }
    well.pages = [[item]]
    step = {
        "title": "Lock prices",
        "state": "STUCK",
        "startedAt": "2026-01-01T12:00:01Z",
        "problem": "It is full.",
    }
    well.answers[f"GET /api/publications/{ID}"] = 200, {**item, "steps": [step]}
    done = doctor(up)
    assert done.returncode == 1
    assert "publication [red]galaxy\\x1b[2J" in done.stdout
    text = " ".join(done.stdout.split())
    assert "Stuck at “Lock prices” since 12:00:01 UTC (" in text
    assert f"  catalog publications retry {ID}\n" in done.stdout
    queries = sorted(one for one in well.asked if one.startswith("GET /api/publications?"))
    assert queries == [
        f"GET /api/publications?status={status}&sort=requestedAt&size=100"
        for status in ("REQUESTED", "RUNNING", "STUCK")
    ]


def test_who_cannot_sign_in_sees_the_rest(up: Path, well: Gateway) -> None:
    well.answers["POST /login"] = 503, {"code": "unavailable", "detail": "Sign-in does not answer right now."}
    found = told(up, 1)
    assert found["sign-in", ""] == (
        "wrong",
        "The operator cannot sign in: Sign-in does not answer right now.",
        "catalog logs gateway",
    )
    assert found["store", ""][:2] == ("unknown", "Not known: nobody can sign in.")
    assert found["apps", ""][0] == "well"
    assert not any(one.startswith("GET /api/") for one in well.asked)


def test_breakers_are_told_from_metrics_where_there_are_any(up: Path, well: Gateway) -> None:
    well.answers["GET /metrics"] = (
        200,
        'catalog_breaker_state{breaker="process engine",service_name="offering",state="half_open"} 1.0\n',
    )
    assert told(up, 1)["breaker", "offering"][:2] == (
        "passing",
        "Half open: the next call finds out whether the process engine answers again.",
    )


def test_a_gateway_that_says_nothing_does_not_make_the_doctor_wait(
    place: Path, cache: Path, up: Path
) -> None:
    home = Home("embedded", place / "embedded", cache)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        home.write("links", {"gateway": {"url": f"http://127.0.0.1:{silent.getsockname()[1]}"}})
        begin = time.monotonic()
        found = told(up, 2)
    assert time.monotonic() - begin < 60, "all deadlines together are 5 s; the rest is a busy machine"
    assert found["app", "gateway"][:2] == ("wrong", "It does not say how it is: no answer within 4.5 s.")
    assert found["sign-in", ""][:2] == ("wrong", "The operator cannot sign in: no answer within 2 s.")
    assert found["disk", ""][1].endswith("GB are free.")


def test_a_stack_that_really_runs_and_then_does_not(place: Path, cache: Path) -> None:
    env = {**os.environ, "CATALOG_HOME": str(place), "CATALOG_CACHE": str(cache)}
    try:
        up = ["catalog", "up", "--random-ports", "--no-web"]
        subprocess.run(up, env=env, check=True, capture_output=True)
        found = told(place, 0)
        assert {level for level, _, _ in found.values()} == {"well"}
        assert found["parked", ""] == ("well", "No message is parked.", "")
        assert "All is well." in doctor(place).stdout
        run = json.loads((place / "embedded" / "run.json").read_text())
        os.kill(run["platform"]["pid"], signal.SIGKILL)
        found = eventually(lambda: told(place, 2), within=30)
        assert found["process", "platform"] == ("wrong", "It does not run any more.", "catalog up")
        assert found["parked", ""] == ("well", "No message is parked.", "")
        assert found["sign-in", ""][2] == "catalog up"
    finally:
        subprocess.run(["catalog", "reset", "--yes"], env=env, check=True, capture_output=True)
