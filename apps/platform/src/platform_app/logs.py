"""Read the logs of a stack's processes as a person would like to."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from platform_app.console import out, printable
from platform_app.home import Home, disk_trouble
from platform_app.trouble import Trouble

_COLOURS = {"error": "red", "critical": "red", "warning": "yellow", "debug": "dim"}
_TAIL = 512 * 1024  # bytes read from the end of a file: enough for any number of lines one looks at


def show_logs(home: Home, name: str | None, lines: int, follow: bool) -> None:
    """Print the last `lines` of one process's log, or of each; with `follow` go on until interrupted.

    Raises:
        Trouble: when there is no such log.
    """
    with disk_trouble(home.logs):
        there = sorted(home.logs.iterdir()) if home.logs.exists() else []
    known = {file.stem: file for file in there if file.suffix == ".log"}
    files = [file for stem, file in known.items() if name in (None, stem)]
    if not files:
        raise Trouble(
            f"There is no log of {name or 'this stack'}; there are logs of: {', '.join(known) or 'none yet'}."
        )
    for file in files:
        for line in _last(file, lines):
            out.print(_readable(file.stem, line), soft_wrap=True)
    if follow:
        for stem, line in _coming(files):
            out.print(_readable(stem, line), soft_wrap=True)


def _last(file: Path, lines: int) -> list[str]:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        text = stream.read().decode(errors="replace")
    # Only a newline ends a line: a program may have written all else that Python takes for an end.
    return text.removesuffix("\n").split("\n")[-lines:] if lines and text else []


def _coming(files: list[Path]) -> Iterator[tuple[str, str]]:
    streams = {file.stem: file.open(errors="replace", newline="\n") for file in files}
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
    """A JSON line as time, event and fields; any other line as it is. Neither may steer the terminal."""
    line = line.rstrip("\n")
    try:
        event = json.loads(line)
        moment, level, what = event.pop("timestamp"), event.pop("level"), event.pop("event")
    except (ValueError, KeyError, AttributeError, TypeError):
        return Text(printable(f"{name}: {line}"))
    service, failure = event.pop("service", name), event.pop("exception", None)
    fields = " ".join(f"{key}={value}" for key, value in event.items() if key != "span_id")
    text = Text(printable(f"{moment} {service}: "))
    text.append(printable(str(what)), style=_COLOURS.get(str(level), "bold")).append(printable(f" {fields}"))
    for row in [] if failure is None else str(failure).split("\n"):
        text.append(f"\n{printable(row)}")
    return text
