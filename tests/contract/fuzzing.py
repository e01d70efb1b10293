"""How schemathesis is started: against an address, by what a document says of it."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PATIENCE = 290.0
"""Seconds: a token is good for five minutes."""
ANSWERS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""The checks of what is answered, whatever was asked, by whomever."""


def below(document: dict[str, Any], wanted: Callable[[str], bool]) -> dict[str, Any]:
    """The part of a document whose paths are wanted.

    Without `Idempotency-Key`: the tool would send one key with different requests, which is refused, and has
    tests of its own (P13).
    """
    part = copy.deepcopy(document)
    part["paths"] = {path: one for path, one in part["paths"].items() if wanted(path)}
    for operations in part["paths"].values():
        for operation in operations.values():
            told = operation.get("parameters", [])
            operation["parameters"] = [one for one in told if one["name"] != "Idempotency-Key"]
    return part


def fuzz(
    document: dict[str, Any],
    url: str,
    folder: Path,
    *,
    seed: int,
    examples: int,
    token: str = "",
    checks: Sequence[str] = (),
    phases: Sequence[str] = (),
) -> None:
    """Try every operation, with `examples` requests for each phase, and fail with all that is found.

    `checks` are those that are made, and `phases` those that are gone through, or else all. `folder` is for
    the tool's own files.
    """
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("st"), "--config-file", CONFIGURATION, "--no-color"),
            *("run", file, "--url", url, "--seed", str(seed), "--generation-database", "none"),
            *("--max-examples", str(examples)),
            *(("--header", f"Authorization: Bearer {token}") if token else ()),
            *(("--checks", ",".join(checks)) if checks else ()),
            *(("--phases", ",".join(phases)) if phases else ()),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"seed={seed}\n{done.stdout}\n{done.stderr}"
    operations = sum(len(one) for one in document["paths"].values())
    assert re.search(rf"Tested: +{operations}\b", done.stdout), done.stdout
