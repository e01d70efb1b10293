"""Steps of roadmap phase 2: the chassis that every service stands on."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pytest_bdd import given, parsers, scenarios, then, when

from features.conftest import Story
from kernel.errors import RuleBroken
from kernel.http import refusal
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from tests.worlds import World

scenarios("02_chassis.feature")

CANARY = "canary-5f0e7c9d1b"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a service in this process logs."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@given("a service that has set up its logs")
def service_with_logs(log: io.StringIO) -> None:
    configure_logging("pricing", LogSettings(log_format="json"), log)


@when("a library inside the service writes a warning")
def library_warns() -> None:
    logging.getLogger("some.library").warning("pool of %d is exhausted", 10)


@then("the line says when, how grave, and by which service")
def line_says(log: io.StringIO) -> None:
    (text,) = log.getvalue().splitlines()
    line = json.loads(text)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "warning", "service": "pricing", "event": "pool of 10 is exhausted"}


@when("its domain refuses a request because a price is locked", target_fixture="refused")
def domain_refuses() -> RuleBroken:
    return RuleBroken("The price is locked by offering fibre-500.")


@then("the caller gets a conflict that says the price is locked")
def conflict(refused: RuleBroken) -> None:
    answer = refusal(refused)
    assert answer.status_code == 409
    assert answer.media_type == "application/problem+json"
    body = json.loads(bytes(answer.body))
    assert (body["code"], body["detail"]) == ("rule_broken", "The price is locked by offering fibre-500.")


@when("a visitor signs in without a password")
def without_password(world: World, story: Story) -> None:
    story.answers.append(world.post("/login", {"username": "reader"}))


@then("the answer is a problem that points at the password")
def points_at_password(story: Story) -> None:
    assert [one["pointer"] for one in story.problem(422)["errors"]] == ["/password"]


@when("a visitor signs in with a secret that is nobody's password")
def with_canary(world: World, story: Story) -> None:
    headers = {"authorization": f"Bearer {CANARY}", "cookie": f"session={CANARY}"}
    body = {"username": "nobody", "password": CANARY}
    story.answers.append(world.post(f"/login?token={CANARY}", body, headers=headers))
    assert story.answer.status_code == 401, story.answer.text


@then("no log of the platform contains the secret")
def no_secret(world: World, gateway_process: str) -> None:
    assert any(line["event"] == "login.failed" for line in world.log_lines(gateway_process))
    for file in world.home.logs.glob("*.log"):
        assert CANARY not in file.read_text(errors="replace"), file.name


TOO_MUCH: dict[str, dict[str, Any]] = {
    "two megabytes": {"content": b'{"a":"' + b"b" * 2_000_000 + b'"}'},
    "a document nested a thousand deep": {"content": b"[" * 1000 + b"]" * 1000},
    "a document in another alphabet": {"content": '{"username": "reader"}'.encode("utf-16")},
    "twenty kilobytes of headers": {"content": b"{}", "headers": {"x-much": "a" * 20_000}},
}


@when(parsers.re("a visitor sends (?P<what>.+)"))
def sends_too_much(world: World, story: Story, what: str) -> None:
    request = TOO_MUCH[what]
    headers = {"content-type": "application/json", **request.get("headers", {})}
    story.answers.append(world.http.post("/login", content=request["content"], headers=headers))


@then(parsers.parse("the answer is a problem that says it is {what}"))
def problem_says(story: Story, what: str) -> None:
    status = {"too large": 413, "too deep": 400, "not utf8": 400, "head too large": 431}[what]
    assert story.problem(status)["code"] == what.replace(" ", "_")


@given("a gateway that is not told where its identity server is", target_fixture="environment")
def gateway_untold() -> dict[str, str]:
    told = {
        "GATEWAY_AUTH_ISSUER": "http://issuer.invalid/realms/catalog",
        "GATEWAY_IDENTITY_CLIENT_SECRET": CANARY,
    }
    return {"PATH": os.environ["PATH"], **told}


@when("it is started", target_fixture="ended")
def started(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gateway_app.main"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@then("it ends at once with one line that names the missing setting")
def one_line(ended: "subprocess.CompletedProcess[str]") -> None:
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == "gateway cannot start: GATEWAY_IDENTITY_URL: field required\n"
