"""Lock one: who imports whom. Each contract is seen red on a planted fault, in a small tree of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.contracts import (
    PLAIN,
    ROOT,
    apps,
    contexts,
    contracts,
    core_of_apps,
    present,
    render,
    wanted,
)


def test_the_root_configuration_knows_every_context_and_app() -> None:
    assert present() == wanted(), "run `python -m tests.architecture.contracts`"
    assert contexts() == ["characteristic", "offering", "pricing", "specification", "store"]
    services = [f"{name}_app" for name in contexts()]
    assert apps() == sorted([*services, "gateway_app", "identity_app"])
    assert "gateway_app.use_cases" in core_of_apps()


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the tree in `folder`, with the configuration that is there."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_real_tree_is_clean() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


CLEAN = {
    "kernel/__init__.py": "",
    **{f"{name.replace('.', '/')}.py": "" for name in PLAIN},
    "kernel/sql.py": "import sqlalchemy\n",
    "alpha/__init__.py": "",
    "alpha/domain.py": "from kernel import errors\n",
    "alpha/ports.py": "from alpha import domain\n",
    "alpha/memory.py": "from alpha import ports\n",
    "alpha/use_cases/__init__.py": "",
    "alpha/use_cases/define.py": "from alpha import ports\n",
    "beta/__init__.py": "",
    "beta/domain.py": "",
    "beta/ports.py": "",
    "beta/memory.py": "",
    "beta/use_cases/__init__.py": "",
    "alpha_app/__init__.py": "",
    "alpha_app/ports.py": "",
    "alpha_app/use_cases/__init__.py": "",
    "alpha_app/routes.py": "import fastapi\nfrom alpha.use_cases import define\n",
    "beta_app/__init__.py": "",
    "platform_app/__init__.py": "from alpha_app import routes\nimport beta_app\n",
}
FAULTS = {
    "a context imports the web framework": ("alpha/use_cases/define.py", "import fastapi\n"),
    "a context imports a driver through the kernel": ("alpha/domain.py", "from kernel import sql\n"),
    "a context imports another context": ("alpha/domain.py", "from beta import domain\n"),
    "a context imports an app": ("alpha/ports.py", "import alpha_app\n"),
    "an app imports another app": ("alpha_app/routes.py", "import beta_app\n"),
    "the kernel imports a context": ("kernel/errors.py", "import alpha\n"),
    "the core of the kernel imports technology": ("kernel/errors.py", "import httpx\n"),
    "a use case of an app imports technology": ("alpha_app/use_cases/__init__.py", "import keycloak\n"),
    "the domain imports the ports": ("alpha/domain.py", "from alpha import ports\n"),
    "ports import the memory adapter": ("alpha/ports.py", "from alpha import memory\n"),
    "use cases import the memory adapter": ("alpha/use_cases/define.py", "from alpha import memory\n"),
    "a context has a module of another name": ("alpha/service.py", ""),
    "an app imports the platform": ("alpha_app/routes.py", "import platform_app\n"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two contexts, two apps, a kernel and a platform, as clean as ours."""
    for name, text in CLEAN.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    cores = ["alpha_app.ports", "alpha_app.use_cases"]
    config = contracts(["alpha", "beta"], ["alpha_app", "beta_app"], cores)
    (tmp_path / "pyproject.toml").write_text(render(config))
    return tmp_path


def test_the_small_tree_is_clean(tree: Path) -> None:
    done = lint(tree)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_turns_the_contract_red(tree: Path, fault: str) -> None:
    name, line = FAULTS[fault]
    file = tree / name
    file.write_text((file.read_text() if file.exists() else "") + line)
    done = lint(tree)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
