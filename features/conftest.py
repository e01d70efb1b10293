"""Steps that several features use, and what a scenario remembers from one step to the next."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pytest_bdd import given, parsers, then, when

from tests.processes import eventually
from tests.worlds import World


@dataclass
class Story:
    """What has happened so far in a scenario."""

    answers: list[httpx.Response] = field(default_factory=list)
    tokens: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    parked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def answer(self) -> httpx.Response:
        """The last answer."""
        return self.answers[-1]

    def problem(self, status: int) -> dict[str, Any]:
        """The last answer, which must be a problem with this status."""
        assert self.answer.status_code == status, self.answer.text
        assert self.answer.headers["content-type"] == "application/problem+json"
        body: dict[str, Any] = self.answer.json()
        assert body["status"] == status
        return body


@pytest.fixture
def story() -> Story:
    """A new story."""
    return Story()


def bearer(token: str) -> dict[str, str]:
    """The header that carries an access token."""
    return {"authorization": f"Bearer {token}"}


@given("the platform is up")
def platform_is_up(world: World) -> None:
    assert world.get("/healthz").status_code == 200


@given(parsers.re("an? (?P<user>reader|author|publisher|operator) who has signed in"))
def has_signed_in(world: World, story: Story, user: str) -> None:
    story.tokens = world.sign_in(user)


@when(parsers.re("the (reader|author|publisher|operator) asks who they are"))
def asks_who(world: World, story: Story) -> None:
    story.answers.append(world.get("/api/whoami", headers=bearer(story.tokens["accessToken"])))


@then(parsers.re("the answer names the (?P<user>[a-z]+) and the role (?P<role>[a-z]+)"))
def names_user(story: Story, user: str, role: str) -> None:
    assert story.answer.status_code == 200, story.answer.text
    assert story.answer.headers["cache-control"] == "no-store"
    said = story.answer.json()
    assert (said["name"], said["roles"]) == (user, [role])
    assert said["subject"]
    assert said["session"]


@when("a visitor asks for something that does not exist")
def asks_for_nothing(world: World, story: Story) -> None:
    story.answers.append(world.get("/no/such/thing"))


@given("the reader's session is continued")
@when("the reader's session is continued")
def continues(world: World, story: Story) -> None:
    story.before = story.tokens
    story.answers.append(world.post("/token/refresh", {"refreshToken": story.tokens["refreshToken"]}))
    assert story.answer.status_code == 200, story.answer.text
    story.tokens = story.answer.json()


@then("the log has a line for the request with the trace id of the answer")
def log_has_trace(world: World, story: Story, gateway_process: str) -> None:
    trace = story.answer.headers["x-trace-id"]
    assert re.fullmatch("[0-9a-f]{32}", trace)

    def lines() -> list[dict[str, Any]]:
        return [line for line in world.log_lines(gateway_process) if line.get("trace_id") == trace]

    found = eventually(lines)  # it is written when the answer is out
    assert [line["event"] for line in found] == ["request.answered"]
    assert found[0]["path"] == "/no/such/thing"
    assert found[0]["correlation_id"] == story.answer.headers["x-correlation-id"]


@pytest.fixture
def gateway_process(world: World) -> str:
    """The process in which the gateway runs: all apps share one in the embedded stack."""
    return "platform" if world.stack == "embedded" else "gateway"
