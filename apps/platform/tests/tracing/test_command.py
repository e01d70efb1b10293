"""`catalog trace` as a person meets it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from apps.platform.tests.gateway import Gateway
from platform_app.home import Home
from platform_app.tcp_ports import free_port

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SPANS = [
    {
        "id": "a",
        "name": "GET /x",
        "timestamp": 0,
        "duration": 9000,
        "localEndpoint": {"serviceName": "gateway"},
    },
    {
        "id": "b",
        "parentId": "a",
        "name": "[red]find\x1b[2J",
        "timestamp": 0,
        "duration": 9000,
        "localEndpoint": {"serviceName": "store"},
        "tags": {"error": "Unavailable"},
    },
]
BAR = "████████████████████████"
DRAWN = [
    f"trace {ID}",
    "2 spans, 2 services, 9.00 ms, 1 error",
    f"  +0.00 ms    9.00 ms  {BAR}  gateway: GET /x",
    f"  +0.00 ms    9.00 ms  {BAR}  └─ store: [red]find\\x1b[2J ✗",
    f"{' ' * 49}      ! Unavailable",
]
UNKNOWN = (
    "catalog: There is nothing of this trace: it was not among those that are written (a part of them is, "
    "and what fails), it is too old, or it has not arrived yet, which takes a second.\n"
)


def trace(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        ["catalog", "trace", *arguments],
        env={**os.environ, "CATALOG_HOME": str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_trace_of_the_process_that_is_all_apps(up: Path, gateway: Gateway) -> None:
    gateway.answers[f"GET /api/traces/{ID}"] = 200, SPANS
    done = trace(up, f"00-{ID}-00f067aa0ba902b7-01")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == DRAWN
    assert json.loads(trace(up, ID, "--json").stdout) == SPANS


@pytest.mark.parametrize("answer", [(404, {"code": "not_found", "detail": "Unknown."}), (200, [])])
def test_a_trace_that_nobody_knows(up: Path, gateway: Gateway, answer: tuple[int, object]) -> None:
    gateway.answers[f"GET /api/traces/{ID}"] = answer
    done = trace(up, ID)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", UNKNOWN)


def test_what_is_no_id_is_not_asked_for(up: Path, gateway: Gateway) -> None:
    done = trace(up, "zz")
    assert (done.returncode, gateway.asked) == (1, [])
    assert done.stderr == (
        "catalog: That is no trace id: 32 hex digits, as in X-Trace-Id of an answer and in the logs, "
        "or a traceparent.\n"
    )


def test_a_stack_that_is_not_up(place: Path) -> None:
    done = trace(place, ID)
    assert done.returncode == 1
    assert done.stderr == "catalog: The embedded stack is not up: `catalog up --stack embedded` starts it.\n"


def test_a_trace_at_zipkin(up: Path, cache: Path, gateway: Gateway) -> None:
    """The embedded stack's folder stands for a native one whose Zipkin answers on the gateway's port."""
    (up / "embedded").rename(up / "native")
    home = Home("native", up / "native", cache)
    home.write("ports", {"ports": {"zipkin": gateway.server_port}})
    gateway.answers[f"GET /api/v2/trace/{ID}"] = 200, SPANS
    assert trace(up, ID, "--stack", "native").stdout.splitlines() == DRAWN
    assert gateway.asked == [f"GET /api/v2/trace/{ID}"]
    gateway.answers[f"GET /api/v2/trace/{ID}"] = 404, "not found"
    assert trace(up, ID, "--stack", "native").stderr == UNKNOWN
    gateway.answers[f"GET /api/v2/trace/{ID}"] = 500, "no memory"
    assert trace(up, ID, "--stack", "native").stderr == "catalog: Zipkin answers with status 500.\n"
    home.write("ports", {"ports": {"zipkin": free_port()}})
    done = trace(up, ID, "--stack", "native")
    assert done.stderr.startswith(
        "catalog: Zipkin does not answer: `catalog up --stack native` starts it anew"
    )
    (up / "native").rename(up / "embedded")
