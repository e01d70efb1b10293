"""Who may import whom, as data: the import-linter contracts for the apps and contexts that are in the tree.

`python -m tests.architecture.contracts` writes them into the root pyproject.toml; a test fails when they
differ from what this module says, so a new context or app cannot be forgotten.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TECHNOLOGY = (
    "aio_pika",
    "alembic",
    "asyncpg",
    "camunda",
    "dependency_injector",
    "fastapi",
    "httpx",
    "jwt",
    "keycloak",
    "lxml",
    "pybreaker",
    "pymongo",
    "requests",
    "sqlalchemy",
    "starlette",
    "uvicorn",
)
"""What neither a context nor the core of an app may reach, not even through something else."""

PLAIN = tuple(
    f"kernel.{name}"
    for name in (
        "auth",
        "dead_letters",
        "decimals",
        "domain",
        "errors",
        "memory",
        "origin",
        "process",
        "query",
        "replies",
        "texts",
        "units",
        "uses",
        "validity",
        "written",
    )
)
"""The part of the kernel that contexts stand on."""

CORE = ("domain", "ports", "use_cases")
_SECTION = re.compile(r"^# --- import contracts.*?^# --- end of import contracts$", re.MULTILINE | re.DOTALL)


def contexts(root: Path = ROOT) -> list[str]:
    """The import names of the contexts in the tree."""
    return sorted(file.parent.name for file in root.glob("packages/contexts/*/src/*/__init__.py"))


def apps(root: Path = ROOT) -> list[str]:
    """The import names of the apps in the tree, without the platform command, which stands above them."""
    found = {file.parent.name for file in root.glob("apps/*/src/*/__init__.py")}
    return sorted(found - {"platform_app"})


def core_of_apps(root: Path = ROOT) -> list[str]:
    """The modules of apps that hold rules and use cases of their own."""
    return sorted(
        f"{app}.{part}"
        for app in apps(root)
        for part in CORE
        if any(root.glob(f"apps/*/src/{app}/{part}.py")) or any(root.glob(f"apps/*/src/{app}/{part}"))
    )


def contracts(contexts: Iterable[str], apps: Iterable[str], cores: Iterable[str]) -> dict[str, Any]:
    """The configuration of import-linter for these packages."""
    contexts, apps, cores = list(contexts), list(apps), list(cores)
    layers = ["platform_app", " | ".join(apps), *([" | ".join(contexts)] if contexts else []), "kernel"]
    found: list[dict[str, Any]] = [
        {
            "name": "Apps stand on contexts, contexts on the kernel, and neighbours are strangers",
            "type": "layers",
            "layers": layers,
        },
        {
            "name": "The core of the kernel, of every context and of every app is free of technology",
            "type": "forbidden",
            "source_modules": [*PLAIN, *contexts, *cores],
            "forbidden_modules": list(TECHNOLOGY),
        },
    ]
    if contexts:
        found.append(
            {
                "name": "Inside a context: memory and use cases, then ports, then domain",
                "type": "layers",
                "layers": ["memory | use_cases", "ports", "domain"],
                "containers": contexts,
                "exhaustive": True,
            }
        )
    return {
        "root_packages": ["kernel", *contexts, *apps, "platform_app"],
        "include_external_packages": True,
        "contracts": found,
    }


def render(config: Mapping[str, Any]) -> str:
    """The configuration as TOML."""
    lines = ["[tool.importlinter]"]
    lines += [f"{key} = {_value(value)}" for key, value in config.items() if key != "contracts"]
    for contract in config["contracts"]:
        lines += ["", "[[tool.importlinter.contracts]]"]
        lines += [f"{key} = {_value(value)}" for key, value in contract.items()]
    return "\n".join(lines)


def wanted(root: Path = ROOT) -> str:
    """The section that the root pyproject.toml must hold."""
    config = contracts(contexts(root), apps(root), core_of_apps(root))
    begin = "# --- import contracts: written by `python -m tests.architecture.contracts`"
    return f"{begin}\n{render(config)}\n# --- end of import contracts"


def present(root: Path = ROOT) -> str:
    """The section that it holds, or ""."""
    found = _SECTION.search((root / "pyproject.toml").read_text())
    return found.group() if found else ""


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + "".join(f"    {json.dumps(item)},\n" for item in value) + "]"
    return json.dumps(value)


if __name__ == "__main__":
    file = ROOT / "pyproject.toml"
    text = file.read_text()
    file.write_text(text.replace(present(), wanted()) if present() else f"{text.rstrip()}\n\n{wanted()}\n")
