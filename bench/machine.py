"""What the figures were measured on, without naming whose machine it is."""

import platform
import re
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import psutil

from platform_app.home import Home, default_cache
from platform_app.servers.mongod_binary import VERSION as MONGODB
from platform_app.servers.postgres_binaries import binaries, major_version
from tests.servers import quiet

LIBRARIES = ("fastapi", "uvicorn", "pydantic", "sqlalchemy", "asyncpg", "pymongo", "aio-pika", "aiohttp")


def machine() -> dict[str, str]:
    """The processor and its cores, the memory, the system."""
    system = platform.system()
    with suppress(OSError):
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return {
        "processor": f"{psutil.cpu_count()} cores of {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": f"{system}, {platform.system()} {platform.release().partition('-')[0]}",
    }


def versions() -> dict[str, str]:
    """Python, the servers of the embedded stack, and the libraries that are under every request."""
    cache = default_cache()
    found = {"Python": platform.python_version(), "MongoDB": MONGODB}
    found["PostgreSQL"] = str(major_version(binaries(Home("embedded", cache, cache), quiet)))
    return found | {name: version(name) for name in LIBRARIES}


def kind() -> str:
    """A name for machines like this one, for the files that keep its figures."""
    return f"{platform.system()}-{platform.machine()}-{psutil.cpu_count()}-cores".lower()


def _processor() -> str:
    """As the system calls it; the architecture where it does not say."""
    with suppress(OSError):
        if found := re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
            return f"{found[1].strip()} ({platform.machine()})"
    return platform.machine()
