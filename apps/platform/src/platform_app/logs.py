"""Read the logs of a stack's processes as a person would like to."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from platform_app.console import out
from platform_app.home import Home
from platform_app.trouble import Trouble

_COLOURS = {"error": "red", "critical": "red", "warning": "yellow", "debug": "dim"}
_TAIL = 512 * 1024  # bytes read from the end of a file: enough for any number of lines one looks at


def show_logs(home: Home, name: str | None, lines: int, follow: bool) -> None:
    """Print the last `lines` of one process's log, or of each; with `follow` go on until interrupted.

    Raises:
        Trouble: when there is no such log.
    """
    files = sorted(home.logs.glob("*.log")) if name is None else [home.logs / f"{name}.log"]
    files = [file for file in files if file.is_file()]
    if not files:
        known = ", ".join(file.stem for file in sorted(home.logs.glob("*.log"))) or "none yet"
        raise Trouble(f"There is no log of {name or 'this stack'}; there are logs of: {known}.")
    for file in files:
        for line in _last(file, lines):
            out.print(_readable(file.stem, line))
    if follow:
        for stem, line in _coming(files):
            out.print(_readable(stem, line))


def _last(file: Path, lines: int) -> list[str]:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        text = stream.read().decode(errors="replace")
    return text.splitlines()[-lines:] if lines else []


def _coming(files: list[Path]) -> Iterator[tuple[str, str]]:
    streams = {file.stem: file.open(errors="replace") for file in files}
    for stream in streams.values():
        stream.seek(0, 2)
    try:
        while True:
            fresh = [(stem, line) for stem, stream in streams.items() for line in stream]
            yield from fresh
            if not fresh:
                time.sleep(0.2)
    except KeyboardInterrupt:
        return
    finally:
        for stream in streams.values():
            stream.close()


def _readable(name: str, line: str) -> Text:
    """A JSON line as time, event and fields; any other line as it is."""
    line = line.rstrip("\n")
    try:
        event = json.loads(line)
        moment, level, what = event.pop("timestamp"), event.pop("level"), event.pop("event")
    except (ValueError, KeyError, AttributeError, TypeError):
        return Text(f"{name}: {line}")
    service = event.pop("service", name)
    fields = " ".join(f"{key}={value}" for key, value in event.items() if key not in ("span_id", "exception"))
    text = Text(f"{moment} {service}: ").append(what, style=_COLOURS.get(level, "bold")).append(f" {fields}")
    return text.append(f"\n{event['exception']}") if "exception" in event else text
