"""What `make` calls is found from wherever a script stands, with nothing but Python and make there."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.contracts import ROOT


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without uv: only what a recipe's own shell needs is on its PATH."""
    for tool in ("make", "bash", "sed", "awk"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)
    return {"PATH": str(tmp_path), "HOME": str(tmp_path)}


@pytest.mark.parametrize("target", ["lint", "web"])
def test_scripts_get_a_uv_that_they_find_from_their_own_folder(bare: dict[str, str], target: str) -> None:
    recipe = subprocess.run(
        ["make", "--dry-run", target],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    handed = [word.removeprefix('UV="').rstrip('"') for word in recipe.split() if word.startswith('UV="')]
    assert handed
    assert all(Path(uv).is_absolute() for uv in handed), handed
