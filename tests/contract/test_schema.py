"""The running platform keeps what its merged document says: schemathesis tries it with good and bad requests.

No fault of ours (5xx), no status or body that is not described, no bad request that is accepted, no address
that is open though it says that it is not; whoever asks.
"""

from pathlib import Path
from typing import Any

import pytest

from kernel.auth import Role
from tests.contract.fuzzing import ANSWERS, below, fuzz
from tests.resilience.harness.sizes import chosen_seed, sized
from tests.worlds import World

EXAMPLES = sized(10)
"""For each operation and phase, by who may do everything."""
FEWER = sized(4)
"""For each operation, by who may do less: what they are answered is nearly always a refusal."""
ELSEWHERE = "/login"
"""Guesses at it would shut all other tests out; apps/gateway/tests/test_schema.py tries it."""


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    """What the gateway says of everything."""
    said: dict[str, Any] = world.get("/api/openapi.json").raise_for_status().json()
    return below(said, lambda path: path != ELSEWHERE)


def test_the_platform_keeps_its_contract(world: World, document: dict[str, Any], tmp_path: Path) -> None:
    token = world.sign_in(Role.OPERATOR.value)["accessToken"]
    fuzz(document, world.gateway, tmp_path, seed=chosen_seed(), examples=EXAMPLES, token=token)


@pytest.mark.parametrize("who", [None, *(role for role in Role if role is not Role.OPERATOR)])
def test_whoever_asks_is_answered_as_described(
    world: World, document: dict[str, Any], tmp_path: Path, who: Role | None
) -> None:
    token = world.sign_in(who.value)["accessToken"] if who else ""
    fuzz(
        document,
        world.gateway,
        tmp_path,
        seed=chosen_seed(),
        examples=FEWER,
        token=token,
        checks=ANSWERS,
        phases=["fuzzing"],
    )
