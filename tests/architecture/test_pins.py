"""Every direct dependency is pinned, and no lock file says where anything is downloaded from."""

import importlib.util
import json
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.contracts import ROOT


@pytest.fixture(scope="module")
def pins() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pins", ROOT / ".ci" / "pins.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The project files of the workspace, without its code."""
    for file in [
        ROOT / "pyproject.toml",
        *ROOT.glob("packages/*/pyproject.toml"),
        *ROOT.glob("packages/contexts/*/pyproject.toml"),
        *ROOT.glob("apps/*/pyproject.toml"),
    ]:
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return tmp_path


def test_everything_is_pinned(pins: ModuleType) -> None:
    assert pins.unpinned(ROOT) == []


def test_a_dependency_without_a_pin_is_caught(pins: ModuleType, tree: Path) -> None:
    file = tree / "apps" / "gateway" / "pyproject.toml"
    file.write_text(file.read_text().replace('"fastapi"', '"fastapi",\n    "Left_Pad[extra]>=1"'))
    assert pins.unpinned(tree) == ["left-pad (in apps/gateway/pyproject.toml) has no pin: run `make pins`"]


@pytest.mark.parametrize("loose", ["rich>=15", "rich==15.*", "rich"])
def test_a_pin_that_is_not_exact_is_caught(pins: ModuleType, tree: Path, loose: str) -> None:
    file = tree / "pyproject.toml"
    file.write_text(file.read_text().replace('"rich==15.0.0"', f'"{loose}"'))
    assert f"constraint '{loose}' is not an exact pin (name==version)" in pins.unpinned(tree)


def test_a_build_tool_without_a_pin_is_caught(pins: ModuleType, tree: Path) -> None:
    file = tree / "packages" / "kernel" / "pyproject.toml"
    file.write_text(file.read_text().replace("uv_build==0.13.6", "uv_build"))
    assert pins.unpinned(tree) == [
        "packages/kernel/pyproject.toml: build tool 'uv_build' is not pinned exactly"
    ]


LOCK = """
[[package]]
name = "catalog-kernel"
version = "0.1.0"
source = { editable = "packages/kernel" }

[[package]]
name = "rich"
version = "15.0.0"
source = { registry = "https://registry.invalid/simple" }

[[package]]
name = "left-pad"
version = "2"
source = { registry = "https://registry.invalid/simple" }
"""
PINS = 'constraint-dependencies = [\n    "Left_Pad==1",\n    "rich==15.0.0",\n]'


def test_the_pins_are_the_resolution(pins: ModuleType) -> None:
    if pins.resolved(ROOT) is None:
        pytest.skip("there is no uv.lock: `make setup` writes it")
    assert pins.unresolved(ROOT) == []


def test_a_difference_from_the_resolution_is_caught_both_ways(pins: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.uv]\n{PINS}\n")
    assert pins.unresolved(tmp_path) == []
    (tmp_path / "uv.lock").write_text(LOCK)
    assert pins.unresolved(tmp_path) == [
        "left-pad==2 is used (uv.lock) and has no such pin: run `make pins`",
        "left-pad==1 is pinned and not used (uv.lock): run `make pins`",
    ]
    (tmp_path / "pyproject.toml").write_text(f"[tool.uv]\n{PINS}\n".replace('==1"', '==2"'))
    assert pins.unresolved(tmp_path) == []


@pytest.mark.parametrize(("script", "succeeds"), [("echo 'b==2 ; x'; echo 'a==1'", True), ("exit 2", False)])
def test_pins_are_renewed_by_the_uv_of_the_makefile_or_stay(
    pins: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch, script: str, succeeds: bool
) -> None:
    before = (tree / "pyproject.toml").read_text()
    (tree / "uv-of-ours").write_text(f"#!/bin/sh\n{script}\n")
    (tree / "uv-of-ours").chmod(0o755)
    monkeypatch.setenv("UV", str(tree / "uv-of-ours"))
    with nullcontext() if succeeds else pytest.raises(SystemExit, match="could not resolve"):
        pins.write(tree)
    after = (tree / "pyproject.toml").read_text()
    wanted = 'constraint-dependencies = [\n    "a==1",\n    "b==2",\n]'
    assert after == (pins.BLOCK.sub(wanted, before) if succeeds else before)


def test_without_uv_the_pins_stay(pins: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (tree / "pyproject.toml").read_text()
    monkeypatch.setenv("UV", str(tree / "nowhere"))
    with pytest.raises(SystemExit, match="nowhere cannot be started"):
        pins.write(tree)
    assert (tree / "pyproject.toml").read_text() == before


def test_no_lock_file_records_download_addresses() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in tracked if name.endswith("uv.lock")]
    for name in tracked:
        if name.endswith("package-lock.json"):
            packages = json.loads((ROOT / name).read_text())["packages"]
            assert [entry for entry in packages.values() if "resolved" in entry] == []
