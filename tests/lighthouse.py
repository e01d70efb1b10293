"""What Lighthouse finds about a page: marks from 0 to 1, and what it has measured in the browser."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from platform_app.repository import repository
from platform_app.servers.web_build import node
from tests.browser import QUIET

_PATIENCE = 180  # seconds
_UNRECORDED = "Please run Lighthouse again"
"""What it says when the browser has not recorded all it needs, whatever the page is."""
_TRIES = 3


@dataclass(frozen=True)
class Found:
    """What one look at a page has found. Marks are from 0 to 1; times are those of the simulated device.

    `largest` is when the largest part of the page is there, in milliseconds, `blocked` for how many
    milliseconds the page did not listen meanwhile, and `shift` how much moved (cumulative layout shift).
    """

    performance: float
    accessibility: float
    best_practices: float
    seo: float
    largest: float
    blocked: float
    shift: float
    faults: tuple[str, ...]
    """Audits of accessibility and of best practices that were not passed."""


def look(url: str, *, desktop: bool = False, cookie: str = "") -> Found:
    """Look at a page as a phone or a desktop computer would, with a cookie where one is needed.

    Raises:
        AssertionError: when Lighthouse cannot look at it, with its reason.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with TemporaryDirectory(prefix="lighthouse-") as folder:
        report = Path(folder) / "report.json"
        command = [
            str(node()),
            str(repository() / "frontend/node_modules/lighthouse/cli/index.js"),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--chrome-flags=--headless {' '.join(QUIET)}",
            "--only-categories=performance,accessibility,best-practices,seo",
        ]
        if desktop:
            command.append("--preset=desktop")
        if cookie:
            headers = Path(folder) / "headers.json"
            headers.write_text(json.dumps({"Cookie": cookie}))
            command.append(f"--extra-headers={headers}")
        environment = {**os.environ, "TMPDIR": folder} | ({"CHROME_PATH": chromium} if chromium else {})
        for _ in range(_TRIES):
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False, timeout=_PATIENCE
            )
            if _UNRECORDED not in done.stderr:
                break
        assert done.returncode == 0, f"Lighthouse at {url}: {done.stderr[-2000:]}"
        told = json.loads(report.read_text())
    assert not told.get("runtimeError"), told["runtimeError"]
    assert told["finalDisplayedUrl"] == url, f"{url} leads to {told['finalDisplayedUrl']}"
    marks, audits = told["categories"], told["audits"]
    judged = [ref["id"] for name in ("accessibility", "best-practices") for ref in marks[name]["auditRefs"]]
    return Found(
        performance=marks["performance"]["score"],
        accessibility=marks["accessibility"]["score"],
        best_practices=marks["best-practices"]["score"],
        seo=marks["seo"]["score"],
        largest=audits["largest-contentful-paint"]["numericValue"],
        blocked=audits["total-blocking-time"]["numericValue"],
        shift=audits["cumulative-layout-shift"]["numericValue"],
        faults=tuple(f"{id}: {audits[id]['title']}" for id in judged if audits[id]["score"] == 0),
    )
