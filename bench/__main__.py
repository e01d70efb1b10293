"""`make bench`: everything in one run on one machine."""

import platform

import psutil
from rich.console import Console

from bench import chassis, gateway, pages, publishing, relaying, store, tracing, writing
from kernel.logging import configure_logging
from kernel.settings import LogSettings


def main() -> None:
    """Print the tables."""
    console = Console()
    configure_logging("bench", LogSettings(log_level="error"))
    machine = f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores"
    console.print(f"{machine}, Python {platform.python_version()}")
    for part in (chassis, gateway, writing, tracing, relaying, store, publishing, pages):
        part.main(console)


if __name__ == "__main__":
    main()
