"""The web application is built once for each state of its sources."""

import os
from pathlib import Path

import pytest

from platform_app.servers import web_build
from platform_app.trouble import Trouble

SOURCES = {
    "package.json": '{"name":"pages","version":"1.0.0","private":true}',
    "package-lock.json": '{"name":"pages","version":"1.0.0","lockfileVersion":3,"packages":{}}',
    "src/page.tsx": "one",
    "src/page.test.tsx": "a test",
}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with sources of pages in it."""
    for name, text in SOURCES.items():
        file = tmp_path / "frontend" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    sample = tmp_path / "samples" / "telecom.ndjson"
    sample.parent.mkdir()
    sample.write_text("{}")
    monkeypatch.setattr(web_build, "repository", lambda: tmp_path)
    web_build.folder.cache_clear()
    return tmp_path / "frontend"


def place(cache: Path) -> Path:
    """Where a new command would have the build."""
    web_build.folder.cache_clear()
    return web_build.folder(cache)


def test_another_source_is_another_build_and_another_test_is_not(sources: Path, tmp_path: Path) -> None:
    first = place(tmp_path)
    (sources / "src/page.test.tsx").write_text("another test")
    assert place(tmp_path) == first
    (sources / "src/page.tsx").write_text("two")
    second = place(tmp_path)
    assert second != first
    (sources / "src/page.tsx").rename(sources / "src/other.tsx")
    third = place(tmp_path)
    assert third not in (first, second)
    (tmp_path / "samples" / "telecom.ndjson").write_text("[]")
    assert place(tmp_path) not in (first, second, third)


def test_what_is_built_is_not_fetched(sources: Path, tmp_path: Path) -> None:
    assert web_build.to_fetch(tmp_path) == web_build.SIZE
    web_build.folder(tmp_path).mkdir()
    assert web_build.to_fetch(tmp_path) == 0
    assert web_build.lay(tmp_path, lambda *_, **__: None) == web_build.folder(tmp_path)


def test_old_builds_go_and_the_present_one_stays(sources: Path, tmp_path: Path) -> None:
    present = web_build.folder(tmp_path)
    for age, folder in enumerate([*(tmp_path / f"web-{n:012x}" for n in range(5)), present]):
        folder.mkdir()
        os.utime(folder, (1_000_000 - age, 1_000_000 - age))
    web_build.lay(tmp_path, lambda *_, **__: None)
    left = {one.name for one in tmp_path.glob("web-*")}
    assert left == {present.name, *(f"web-{n:012x}" for n in range(web_build.KEPT))}


def test_what_cannot_be_built_says_why_and_leaves_nothing(sources: Path, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"^The web application cannot be built: "):
        web_build.lay(tmp_path, lambda *_, **__: None)
    assert list(tmp_path.glob("web-*")) == []
