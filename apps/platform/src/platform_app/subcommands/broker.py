"""`catalog broker`: the broker's exchange and queues."""

import asyncio

import typer

from kernel.errors import CatalogError
from platform_app.choices import Kind
from platform_app.console import out
from platform_app.home import Home
from platform_app.report import Report
from platform_app.trouble import Trouble

cli = typer.Typer(help="The broker's exchange and queues.", no_args_is_help=True)


@cli.callback()
def _group() -> None:
    """The broker's exchange and queues."""


@cli.command("apply")
def apply_() -> None:
    """Create what is missing at the native stack's broker; `catalog up` does so, too."""
    from kernel.rabbit import apply  # these libraries take a second to load
    from platform_app.native import broker
    from platform_app.topology import QUEUES

    home = Home.of(Kind.NATIVE)
    if not Report.of(home).alive:
        raise Trouble("The native stack is not up: `catalog up --stack native` starts it.")
    try:
        asyncio.run(apply(broker(home).url, QUEUES))
    except CatalogError as error:
        raise Trouble(error.message) from error
    out.print(f"Exchange and queues of {', '.join(queue.name for queue in QUEUES)} are there.")
