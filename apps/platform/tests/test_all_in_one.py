"""What the one process of the embedded stack is made of. Nothing runs here that it could reach."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kernel.settings import SettingsError
from platform_app.all_in_one import Told, build
from platform_app.apps import App
from platform_app.embedded import embedded, postgres
from platform_app.home import Home


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """What the process is told, which is also in the environment."""
    home = Home("embedded", tmp_path / "state", tmp_path / "cache")
    home.create()
    (app,) = embedded(home, random=True, chosen={}, web=False).waves[-1]
    assert isinstance(app, App)
    told = app.env()
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert told["PLATFORM_ENGINE_DATABASE_URL"] == postgres(home).url("engine")
    return told


def test_the_engine_has_a_database_of_its_own(env: Mapping[str, str], tmp_path: Path) -> None:
    home = Home("embedded", tmp_path / "state", tmp_path / "cache")
    assert postgres(home).databases == (
        *("identity", "engine", "characteristic", "specification", "pricing", "offering"),
    )
    urls = [value for name, value in env.items() if name.endswith("_DATABASE_URL")]
    assert len(urls) == len(set(urls)) == 6


async def test_who_does_steps_stands_on_the_engine(env: Mapping[str, str]) -> None:
    parts = build(Told.load())
    found = (await parts.door.state.readiness()).dependencies
    names = {name for name in found if name.endswith(".engine")}
    assert names == {f"{app}.engine" for app in ("specification", "pricing", "offering", "store")}
    assert {found[name].status for name in names} == {"down"}


def test_without_the_engines_address_nothing_starts(
    env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLATFORM_ENGINE_DATABASE_URL")
    with pytest.raises(SettingsError) as refused:
        Told.load()
    assert str(refused.value) == "PLATFORM_ENGINE_DATABASE_URL: field required"
