"""Where the repository is: some files are used from their place in it, not packaged a second time."""

from pathlib import Path

from platform_app.trouble import Trouble


def repository(start: Path = Path(__file__)) -> Path:
    """The root of the repository around `start`: the nearest folder above with `compose` and `bpmn` in it.

    Raises:
        Trouble: when this package was installed elsewhere, without the repository around it.
    """
    for folder in start.resolve().parents:
        if (folder / "compose").is_dir() and (folder / "bpmn").is_dir():
            return folder
    raise Trouble(
        "The realm and the process diagram are read from the repository, and this program is not in one: "
        "clone it, then run `uv sync` and `uv run catalog` there."
    )
