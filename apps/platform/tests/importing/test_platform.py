"""The commands against a whole stack that was really brought up."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.platform.tests.importing.conftest import ALL
from kernel.domain import new_id
from tests.worlds import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose keys nobody has used."""
    mark = new_id().hex[-8:]
    text = "".join(json.dumps(row) + "\n" for row in ALL)
    for key in ("colour", "ram", "phone", "once", "red-phone"):
        text = text.replace(f'"{key}"', f'"{key}-{mark}"')
    file = tmp_path / "some.ndjson"
    file.write_text(text)
    return file


def live(world: World, key: str) -> Any:
    """What shoppers see of an offering."""
    token = world.sign_in("reader")["accessToken"]
    answer = world.get("/api/offerings", params={"key": key}, headers={"authorization": f"Bearer {token}"})
    return [one["live"] for one in answer.json()["items"]]


def test_a_file_is_imported_once(world: World, file: Path) -> None:
    key = json.loads(file.read_text().splitlines()[0])["key"]
    assert "5 rows" in world.catalog("import", str(file), "--dry-run").stdout
    assert live(world, key) == []
    said = world.catalog("import", str(file)).stdout
    assert "1 offerings published" in said
    (content,) = live(world, key)
    assert content["name"] == "Red phone"
    shelved = world.catalog("import", str(file)).stdout
    assert "0 offerings published" in shelved
    assert [line.split()[1:] for line in shelved.splitlines() if line.split()[:1] == ["all"]] == [
        ["0", "0", "5", "0"]
    ]


def test_what_is_rejected_is_said_on_the_screen_and_in_the_report(
    world: World, file: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.ndjson"
    with file.open("a") as stream:
        stream.write("nonsense\n")
    done = world.catalog("import", str(file), "--report", str(report), check=False)
    assert done.returncode == 1
    assert "not_json" in done.stdout
    (fault,) = map(json.loads, report.read_text().splitlines())
    assert (fault["row"], fault["code"]) == (6, "not_json")


def test_a_file_that_cannot_be_read_ends_as_a_sentence(world: World, tmp_path: Path) -> None:
    done = world.catalog("import", str(tmp_path / "none.ndjson"), check=False)
    assert done.returncode == 1
    assert "cannot be read: No such file" in done.stderr
