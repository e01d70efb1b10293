"""A machine whose PATH holds only what a test puts there: programs as short shell scripts."""

from pathlib import Path

import pytest

TOOLS = ("cat", "cp", "echo", "mkdir")


class Machine:
    """The folder on the PATH, with the few tools that the scripts themselves use."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        for tool in TOOLS:
            (folder / tool).symlink_to(Path("/bin") / tool)
        environment.setenv("PATH", str(folder))
        environment.delenv("JAVA_HOME", raising=False)

    def install(self, name: str, script: str) -> None:
        """Put a program on the PATH."""
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def install_java(self, version: str = "17.0.15") -> None:
        """Put a Java there that can tell its version and nothing else."""
        self.install("java", f"echo 'openjdk version \"{version}\"' >&2")
