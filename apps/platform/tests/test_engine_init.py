"""The program that sets up the engine of the containers, where it cannot; where it can: `tests/contract`."""

import subprocess
import sys
from pathlib import Path

from platform_app.tcp_ports import free_port

USERS = ("OFFERING", "PRICING", "SPECIFICATION", "STORE")


def run(**env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "platform_app.engine_init"],
        env={name.upper(): value for name, value in env.items()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_what_it_is_not_told_it_names() -> None:
    done = run(engine_admin_url="http://catalog:s3cret@127.0.0.1:1/engine-rest")
    missing = ("DATABASE_URL", *(f"{name}_PASSWORD" for name in USERS), "DIAGRAMS")
    named = "; ".join(f"ENGINE_{name}: field required" for name in missing)
    assert done.returncode == 1
    assert done.stderr == f"The process engine could not be prepared for the services: {named}\n"


def test_what_is_away_is_one_line_without_a_password(tmp_path: Path) -> None:
    done = run(
        engine_admin_url=f"http://catalog:s3cret@127.0.0.1:{free_port()}/engine-rest",
        engine_database_url=f"postgresql://camunda:s3cret@127.0.0.1:{free_port()}/camunda",
        engine_diagrams=str(tmp_path),
        **{f"engine_{name}_password": "s3cret" for name in USERS},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The process engine could not be prepared for the services: ")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr
