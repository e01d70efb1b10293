"""What a process takes is seen, with what its children take."""

import os
from pathlib import Path

from tests.processes import eventually, running
from tests.real_input.usage import Usage

_CHILD = "import sys; held = bytes(range(256)) * 400_000; print('held', flush=True); sys.stdin.read()"
_PARENT = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {_CHILD!r}], stdin=subprocess.PIPE).wait()
"""
"""Its child holds 100 MB until the parent has ended, and with it the pipe between them."""


def test_a_process_is_charged_with_what_its_children_take(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Usage({"this": os.getpid()}) as usage:
        first = usage.lap("before", 0)
        with running(["-c", _PARENT], {}, log) as parent:
            usage.add("parent", parent.pid)
            eventually(lambda: "held" in log.read_text())
            second = usage.lap("held", 1)
        third = usage.lap("after", 0)
    assert "parent" not in first.cpu
    assert second.cpu["parent"] > 0
    assert second.end["parent"] > 100  # MB, of which the child has all
    assert second.fair["parent"] > 100
    assert second.peak["parent"] >= second.end["parent"]
    assert (second.count, [one.name for one in usage.steps]) == (1, ["before", "held", "after"])
    assert third.peak["this"] > 0
