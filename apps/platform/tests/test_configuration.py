"""The page about configuration says what the settings classes say, and of all of them."""

import subprocess
import sys

from pydantic import AnyHttpUrl, Field, SecretStr

from kernel.settings import Settings
from platform_app.configuration import APPS, SHARED, own, page, section
from platform_app.repository import repository


class Told(Settings):
    """What is `said` of it."""

    address: AnyHttpUrl
    word: SecretStr | None = Field(None, min_length=16)
    share: float = Field(0.5, gt=0, le=1)
    names: frozenset[str] = frozenset({"two", "one"})


def test_a_class_is_its_own_words_and_a_table_of_its_variables() -> None:
    assert section("A thing", Told, "THING_").splitlines() == [
        "## A thing",
        "",
        "What is `said` of it.",
        "",
        "| variable | value | default |",
        "| --- | --- | --- |",
        "| `THING_ADDRESS` | address | **required** |",
        "| `THING_WORD` | secret, at least 16 long |  |",
        "| `THING_SHARE` | number, more than 0, at most 1 | `0.5` |",
        '| `THING_NAMES` | list | `["one", "two"]` |',
    ]


def test_no_variable_of_an_app_is_left_out() -> None:
    for app in APPS.values():
        shown = {name for one in (app, *SHARED.values()) if issubclass(app, one) for name in own(one)}
        assert shown == set(app.model_fields), app.__name__


def test_the_committed_page_is_that_of_the_code() -> None:
    committed = (repository() / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert committed == page(), "run `python -m platform_app.configuration > docs/configuration.md`"


def test_the_command_writes_the_page() -> None:
    command = [sys.executable, "-m", "platform_app.configuration"]
    written = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (written.stdout, written.stderr) == (page(), "")
