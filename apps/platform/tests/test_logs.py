"""What a log says is shown, and cannot steer the terminal it is shown on."""

import json

import pytest

from platform_app.console import out, printable
from platform_app.home import Home
from platform_app.logs import show_logs
from platform_app.trouble import Trouble


def shown(home: Home, text: str) -> str:
    (home.logs / "gateway.log").write_text(text)
    with out.capture() as captured:
        show_logs(home, "gateway", 50, follow=False)
    return captured.get()


def event(**fields: object) -> str:
    return json.dumps({"timestamp": "12:00", "level": "info", "event": "login.refused", **fields}) + "\n"


def test_time_event_and_fields(home: Home) -> None:
    assert shown(home, event(user="ann", span_id="1")) == "12:00 gateway: login.refused user=ann\n"
    assert shown(home, "not JSON\n") == "gateway: not JSON\n"


ATTACK = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\n\u202e"
HARMLESS = "\\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\r\\n\\u202e"


@pytest.mark.parametrize("field", ["user", "event", "service", "timestamp"])
def test_control_characters_of_every_field_are_escaped(home: Home, field: str) -> None:
    said = shown(home, event(**{field: ATTACK}))
    assert HARMLESS in said.replace("\n", "")
    assert said.isascii()
    assert {one for one in said if ord(one) < 32} == {"\n"}


def test_the_name_of_a_field_too(home: Home) -> None:
    assert "\\x1b[2J=1" in shown(home, event(**{"\x1b[2J": 1}))


def test_a_line_that_is_not_json_too(home: Home) -> None:
    assert shown(home, "a\x1b[2J\tb\x85c\u2028d\re\n") == "gateway: a\\x1b[2J  b\\x85c\\u2028d\\re\n"


def test_half_a_character_is_no_trouble(home: Home) -> None:
    assert "user=\\ud800" in shown(home, event(user="\ud800"))


def test_an_exception_keeps_its_lines_and_nothing_else(home: Home) -> None:
    said = shown(home, event(exception="Traceback\n  File \x1b[2J\nValueError"))
    assert said.splitlines()[1:] == ["Traceback", "  File \\x1b[2J", "ValueError"]


def test_letters_of_any_language_stay() -> None:
    assert printable("Zoë 日本 ✓ [b]") == "Zoë 日本 ✓ [b]"


def test_there_is_no_such_log(home: Home) -> None:
    (home.logs / "gateway.log").touch()
    with pytest.raises(Trouble, match="There is no log of mongod; there are logs of: gateway"):
        show_logs(home, "mongod", 50, follow=False)
