"""Lock two: technology is an extra. What has none works alone, outside of this workspace."""

import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

from tests.architecture.contracts import PLAIN, ROOT

TECHNOLOGY = "aio_pika", "fastapi", "sqlalchemy", "structlog", "pydantic", "opentelemetry"


def alone(package: Path, into: Path) -> Path:
    """Install one package, without extras, into an environment of its own; returns its Python."""
    uv = find_uv_bin()
    make = [uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(into)]
    install = [uv, "pip", "install", "--quiet", "--no-config", "--python", str(into), str(package)]
    for command in (make, install):
        subprocess.run(command, cwd="/", check=True, timeout=120)
    return into / "bin" / "python"


def imports(python: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run a line of code there."""
    return subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60)


def context_folders() -> list[Path]:
    return sorted(file.parent for file in ROOT.glob("packages/contexts/*/pyproject.toml"))


def test_the_kernel_without_extras_is_free_of_technology(tmp_path: Path) -> None:
    python = alone(ROOT / "packages" / "kernel", tmp_path / "venv")
    assert imports(python, f"import {', '.join(PLAIN)}").returncode == 0
    for name in TECHNOLOGY:
        assert "ModuleNotFoundError" in imports(python, f"import {name}").stderr
    assert "ModuleNotFoundError" in imports(python, "import kernel.http").stderr


@pytest.mark.parametrize("folder", context_folders(), ids=lambda folder: folder.name)
def test_a_context_works_alone(folder: Path, tmp_path: Path) -> None:
    python = alone(folder, tmp_path / "venv")
    modules = ", ".join(f"{folder.name}.{part}" for part in ("domain", "ports", "memory", "use_cases"))
    done = imports(python, f"import {modules}")
    assert done.returncode == 0, done.stderr


def test_a_context_that_uses_what_it_does_not_declare_is_caught(tmp_path: Path) -> None:
    source = tmp_path / "alpha" / "src" / "alpha"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("")
    (source / "domain.py").write_text("import sqlalchemy\n")
    (tmp_path / "alpha" / "pyproject.toml").write_text(
        '[project]\nname = "catalog-alpha"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
        '[build-system]\nrequires = ["uv_build==0.13.6"]\nbuild-backend = "uv_build"\n'
        '[tool.uv.build-backend]\nmodule-name = "alpha"\n'
    )
    python = alone(tmp_path / "alpha", tmp_path / "venv")
    assert "No module named 'sqlalchemy'" in imports(python, "import alpha.domain").stderr
