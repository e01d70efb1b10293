"""Fetch servers with Maven: the artifacts that a committed pom names, checked against committed checksums."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platform_app.home import disk_trouble
from platform_app.processes import starting
from platform_app.servers import Say
from platform_app.servers.cached import lay_once
from platform_app.servers.java import HOW, require_java
from platform_app.trouble import Trouble

NATIVE = Path(__file__).parent / "native"
PLUGIN = (
    "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"  # by its short name, Maven hides why it fails
)
ATTEMPTS = 3
REASON = 300  # characters of what Maven said that are passed on


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What is fetched for one server.

    `pom` names the artifacts; `checksums` lists every file that must come of it, as `sha256sum` writes them.
    `size` is about how many bytes are downloaded, Maven's own plugin included. `recipe` stands for what is
    done with the files afterwards (see `fetch`): another recipe is another folder in the cache.
    """

    title: str
    pom: Path
    checksums: Path
    size: int
    recipe: str = ""

    @classmethod
    def of(cls, name: str, title: str, *, megabytes: int, recipe: str = "") -> "Bundle":
        """The bundle whose pom and checksums lie in this package's `native` folder under `name`."""
        pom, checksums = NATIVE / f"{name}.pom.xml", NATIVE / f"{name}.sha256"
        return cls(title=title, pom=pom, checksums=checksums, size=megabytes * 1_000_000, recipe=recipe)

    def to_fetch(self, cache: Path) -> int:
        """About how many bytes it will add to the cache; 0 when it is there."""
        return 0 if self.folder(cache).exists() else self.size

    def folder(self, cache: Path) -> Path:
        """Where the bundle lies in the cache. The name changes with whatever the content depends on."""
        depends = self.pom.read_bytes() + self.checksums.read_bytes() + self.recipe.encode()
        return cache / f"{self.pom.name.partition('.')[0]}-{hashlib.sha256(depends).hexdigest()[:12]}"


def fetch(
    bundle: Bundle, cache: Path, say: Say, *, finish: Callable[[Path], None] = lambda folder: None
) -> Path:
    """Return the folder with the bundle's files, and fetch them first when they are not there.

    `finish` may rework the folder once its files are verified. It appears in the cache only after that.

    Raises:
        Trouble: when `java` or `mvn` is missing, the download fails three times, or a file is not as listed.
    """
    require_java()

    def fill(part: Path) -> None:
        with tempfile.TemporaryDirectory(dir=cache, prefix=f".{bundle.pom.name}-") as place:
            files = _download(bundle, Path(place), say)
            verify(files, bundle.checksums, bundle.title)
            for file in files.iterdir():
                file.rename(part / file.name)
        finish(part)

    with disk_trouble(cache):
        cache.mkdir(parents=True, exist_ok=True)
    return lay_once(bundle.folder(cache), fill)


def _download(bundle: Bundle, place: Path, say: Say) -> Path:
    """Let Maven fetch the bundle, with the person's own mirror and proxy settings; return its files' folder.

    Maven keeps a copy of all it fetches in a repository. It gets one of its own below `place`, not the
    person's: its growth tells how far the download is, and the copies go away with it.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise Trouble(f"The native stack is fetched with Maven, and there is no mvn on the PATH: {HOW}")
    files, repository, log = place / "files", place / "repository", place / "maven.log"
    files.mkdir()
    command = [
        maven,
        "--batch-mode",
        "--update-snapshots",  # asks again for what the attempt before did not find
        f"--file={bundle.pom}",
        f"-Dmaven.repo.local={repository}",
        f"-DoutputDirectory={files}",
        "-DincludeScope=runtime",
        f"{PLUGIN}:copy-dependencies",
    ]
    for attempt in range(1, ATTEMPTS + 1):
        again = f", attempt {attempt} of {ATTEMPTS}" if attempt > 1 else ""
        text = f"Downloading {bundle.title} ({bundle.size // 1_000_000} MB, once{again})"
        with log.open("wb") as said:
            with starting(maven):
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
                )
            try:
                while _runs_after(0.3, child):
                    say(text, done=min(_size(repository), bundle.size), total=bundle.size)
            finally:
                child.kill()  # matters when the person gives up
                child.wait()
        if child.returncode == 0:
            return files
    if shutil.disk_usage(place).free < bundle.size:
        raise Trouble(f"The disk that holds {place.parent} is full: free some space, then try again.")
    raise Trouble(
        f"{bundle.title} could not be downloaded in {ATTEMPTS} attempts: is this machine online? "
        f"Maven said: {_reason(log)}"
    )


def _runs_after(seconds: float, child: subprocess.Popen[bytes]) -> bool:
    """Wait this long for a child's end, and tell whether it still runs."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def _size(folder: Path) -> int:
    """The bytes of all files below a folder that another process is filling."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(place, name).stat().st_size
            except FileNotFoundError:  # a temporary name that has become a final one
                continue
    return total


def _reason(log: Path) -> str:
    """Why Maven failed: its first error line has the cause, at the end; the others tell how to ask on."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line.removeprefix("[ERROR]").strip() for line in lines if line.startswith("[ERROR]")]
    said = (errors or lines[-1:] or ["nothing"])[0].partition(" -> [Help")[0]
    return said if len(said) <= REASON else f"...{said[-REASON:]}"


def verify(folder: Path, checksums: Path, title: str) -> None:
    """Compare the files of a folder with a list in the format of `sha256sum`.

    Raises:
        Trouble: naming the first file that is missing, unlisted or different.
    """
    expected = {name: digest for digest, name in map(str.split, checksums.read_text().splitlines())}
    present = {file.name for file in folder.iterdir()}
    for name in sorted(expected.keys() | present):
        if name not in present:
            raise Trouble(f"{title} came without {name}, which {checksums.name} lists: it is not used.")
        if name not in expected:
            raise Trouble(f"{title} came with {name}, which {checksums.name} does not list: it is not used.")
        with (folder / name).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != expected[name]:
            raise Trouble(
                f"{name} of {title} is not the file that was tested (sha256 {digest[:12]}..., not "
                f"{expected[name][:12]}...): it is not used. A mirror or proxy may have changed it."
            )
