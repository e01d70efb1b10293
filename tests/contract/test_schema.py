"""The running platform keeps what its merged document says: schemathesis tries it with good and bad requests.

No fault of ours (5xx), no status or body that is not described, no bad request that is accepted, no address
that is open though it says that it is not.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.harness.sizes import chosen_seed, sized
from tests.worlds import World

EXAMPLES = sized(10)
"""For each operation and phase."""
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PATIENCE = 290.0
"""Seconds: a token is good for five minutes."""


@pytest.fixture
def document(world: World, tmp_path: Path) -> Path:
    """What the gateway says, below `/api`.

    Without `Idempotency-Key`: the tool would send one key with different requests, which is refused, and has
    tests of its own (P13).
    """
    said: dict[str, Any] = world.get("/api/openapi.json").raise_for_status().json()
    said["paths"] = {path: one for path, one in said["paths"].items() if path.startswith("/api/")}
    for operations in said["paths"].values():
        for operation in operations.values():
            told = operation.get("parameters", [])
            operation["parameters"] = [one for one in told if one["name"] != "Idempotency-Key"]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(said))
    return file


def test_the_platform_keeps_its_contract(world: World, document: Path, tmp_path: Path) -> None:
    token, seed = world.sign_in("operator")["accessToken"], chosen_seed()
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("st"), "--config-file", CONFIGURATION, "--no-color"),
            *("run", document, "--url", world.gateway, "--header", f"Authorization: Bearer {token}"),
            *("--max-examples", str(EXAMPLES), "--seed", str(seed), "--generation-database", "none"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"seed={seed}\n{done.stdout}\n{done.stderr}"
    operations = sum(len(one) for one in json.loads(document.read_text())["paths"].values())
    assert re.search(rf"Tested: +{operations}\b", done.stdout), done.stdout
