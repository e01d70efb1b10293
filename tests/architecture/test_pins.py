"""Every direct dependency is pinned, and no lock file says where anything is downloaded from."""

import importlib.util
import json
import shutil
import subprocess
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


def test_no_lock_file_records_download_addresses() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in tracked if name.endswith("uv.lock")]
    for name in tracked:
        if name.endswith("package-lock.json"):
            packages = json.loads((ROOT / name).read_text())["packages"]
            assert [entry for entry in packages.values() if "resolved" in entry] == []
