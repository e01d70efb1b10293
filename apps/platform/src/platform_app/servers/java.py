"""The Java that three servers of the native stack run on."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from platform_app.servers.account import Account
from platform_app.trouble import Trouble

OLDEST = 17
HOW = "apt-get install -y openjdk-17-jre-headless maven"


def java() -> str:
    """The path of the `java` program: that of JAVA_HOME, else the first on PATH.

    Raises:
        Trouble: when there is none.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if found is None:
        place = f" below JAVA_HOME ({home})" if home else ""
        raise Trouble(f"The native stack needs Java {OLDEST} or later and there is none{place}: {HOW}")
    return found


def require_java() -> None:
    """Make sure that `java` runs and is recent enough.

    Raises:
        Trouble: when it is missing, does not run, is older than 17, or the servers' account cannot reach it.
    """
    program = java()
    Account.of_servers().require_path(Path(program).resolve().parent, "set JAVA_HOME to a Java it can reach")
    try:
        told = subprocess.run(
            [program, "-version"], capture_output=True, text=True, timeout=30, check=False
        ).stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Trouble(f"{program} does not run ({error}): {HOW}") from error
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None:
        raise Trouble(f"{program} does not tell its version: {HOW}")
    if int(version[1]) < OLDEST:
        raise Trouble(f"{program} is Java {version[1]} and the native stack needs {OLDEST} or later: {HOW}")


def small(heap: int) -> list[str]:
    """Flags that keep a Java server small on a developer's machine; `heap` is its limit in megabytes.

    The heap is the lesser part: one collector thread, only the quick compiler and small stacks save more.
    A server that runs out of memory ends, instead of limping on half dead.
    """
    return [
        "-Xms32m",
        f"-Xmx{heap}m",
        "-Xss512k",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
    ]
