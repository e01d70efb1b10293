"""The secrets of the compose files survive a kill at any moment."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from platform_app.repository import repository

SCRIPT = repository() / "compose" / "make_secrets.py"


def python(code: str) -> subprocess.CompletedProcess[str]:
    head = f"import os, pathlib, sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import make_secrets; "
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, check=False)


def make(folder: Path) -> str:
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, check=True
    ).stdout


def test_a_kill_while_a_secret_is_made_leaves_none(tmp_path: Path) -> None:
    file = tmp_path / "postgres_password"
    killed = python(f"make_secrets.write_once(pathlib.Path({str(file)!r}), lambda: os.kill(os.getpid(), 9))")
    assert killed.returncode == -9
    assert not file.exists()
    make(tmp_path)
    assert len(file.read_text()) == 43


def test_an_empty_secret_is_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "postgres_password").touch()
    assert make(tmp_path) == f"12 secrets written to {tmp_path}\n"
    assert len((tmp_path / "postgres_password").read_text()) == 43
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o444}
    assert len(list(tmp_path.iterdir())) == 12


@pytest.mark.parametrize("lost", ["", None])
def test_the_broker_s_accounts_follow_a_password_that_was_made_anew(tmp_path: Path, lost: str | None) -> None:
    make(tmp_path)
    password = tmp_path / "rabbitmq_catalog_password"
    before = json.loads((tmp_path / "rabbitmq_definitions.json").read_text())["users"]
    password.unlink()
    if lost is not None:
        password.write_text(lost)
    assert make(tmp_path) == f"2 secrets written to {tmp_path}\n"
    after = json.loads((tmp_path / "rabbitmq_definitions.json").read_text())["users"]
    assert after[1]["password_hash"] != before[1]["password_hash"]
