"""Which Java is found, and what is said when none will do."""

from pathlib import Path

import pytest

from apps.platform.tests.machine import Machine
from platform_app.servers.java import java, require_java
from platform_app.trouble import Trouble


@pytest.fixture
def machine(place: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(place / "bin", monkeypatch)


def test_the_one_on_the_path_is_used(machine: Machine) -> None:
    machine.install_java()
    require_java()
    assert java() == str(machine.folder / "java")


def test_java_home_comes_first(machine: Machine, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.install_java("11.0.2")
    (place / "jdk").mkdir()
    Machine(place / "jdk" / "bin", monkeypatch).install_java("21")
    monkeypatch.setenv("JAVA_HOME", str(place / "jdk"))
    require_java()
    assert java() == str(place / "jdk" / "bin" / "java")


def test_none(machine: Machine) -> None:
    with pytest.raises(Trouble) as refused:
        require_java()
    assert str(refused.value) == (
        "The native stack needs Java 17 or later and there is none: "
        "apt-get install -y openjdk-17-jre-headless maven"
    )


def test_none_where_java_home_points(machine: Machine, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.install_java()
    monkeypatch.setenv("JAVA_HOME", str(place / "gone"))
    with pytest.raises(Trouble, match=f"there is none below JAVA_HOME \\({place}/gone\\)"):
        require_java()


@pytest.mark.parametrize(("version", "called"), [("11.0.2", "11"), ("1.8.0_392", "8")])
def test_too_old(machine: Machine, version: str, called: str) -> None:
    machine.install_java(version)
    with pytest.raises(Trouble, match=f"is Java {called} and the native stack needs 17 or later: apt-get"):
        require_java()


def test_something_else_of_that_name(machine: Machine) -> None:
    machine.install("java", "echo 'no Java runtime is present' >&2; exit 1")
    with pytest.raises(Trouble, match="does not tell its version: apt-get"):
        require_java()
