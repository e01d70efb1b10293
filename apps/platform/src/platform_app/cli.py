"""The `catalog` command."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import psutil
import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Column, Table

from platform_app.choices import Engine, Kind, OneStack
from platform_app.console import Steps, err, out, printable
from platform_app.demo import passwords
from platform_app.doctor import cli as doctor
from platform_app.embedded import embedded
from platform_app.home import Home
from platform_app.importing import cli as importing
from platform_app.logs import show_logs
from platform_app.report import Report
from platform_app.stack import Stack, bring_up, require_same, take_down
from platform_app.subcommands import broker, dead_letters, publications, store
from platform_app.tcp_ports import Kept
from platform_app.tracing import cli as tracing
from platform_app.trouble import Trouble

cli = typer.Typer(
    help="Bring the catalog platform up on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


cli.add_typer(dead_letters.cli, name="dlq")
cli.add_typer(broker.cli, name="broker")
cli.add_typer(store.cli, name="store")
cli.add_typer(publications.cli, name="publications")
cli.add_typer(importing.cli)  # without a name: its commands are ours
cli.add_typer(doctor.cli)
cli.add_typer(tracing.cli)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@cli.command()
def up(
    stack: OneStack = Kind.EMBEDDED,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The gateway's port.")] = None,
    random_ports: Annotated[
        bool, typer.Option("--random-ports", help="Free ports; each time the same ones.")
    ] = False,
    engine: Annotated[Engine, typer.Option(help="The native stack's process engine.")] = Engine.CAMUNDA,
    web: Annotated[
        bool,
        typer.Option("--web/--no-web", envvar="CATALOG_WEB", help="With or without the web application."),
    ] = True,
) -> None:
    """Start a stack and wait until it serves. Data of an earlier start is still there."""
    home = Home.of(stack)
    chosen = {} if port is None else {"gateway": port}
    with home.locked():
        first = not home.read("links")  # written once a start has succeeded
        if Report.of(home).alive:
            require_same(home, port=port, random=random_ports, engine=engine.value)
            kept = Kept.of(home)
            random_ports, chosen = kept.random, dict(kept.ports)
        whole = _stack(stack, home, random_ports, chosen, engine, web)
        steps = Steps()
        try:
            with steps.shown():
                remarks = bring_up(whole, steps)
        except KeyboardInterrupt:
            raise Trouble("Interrupted: what this command had started is stopped again.") from None
    _say_where(whole, remarks)
    if first:
        out.print("\nDemo users (shown once; `catalog users` shows them again):")
        _say_users(home)
        out.print("\nThe catalog is empty: `make sample` (or `catalog sample telecom`) fills it.")
    out.print(f"\n[bold green]The {stack} stack is up[/] after {_age():.1f} s.")


@cli.command()
def down(
    stack: Annotated[
        Kind | None, typer.Option("--stack", help="Only this one; default: whatever runs.")
    ] = None,
) -> None:
    """Stop what runs. Data stays."""
    stopped = False
    for kind in [stack] if stack else list(Kind):
        home = Home.of(kind)
        if not home.exists:
            continue
        with home.locked():
            steps = Steps()
            with steps.shown():
                stopped = bool(take_down(home, steps)) or stopped
    out.print("Everything is stopped." if stopped else "Nothing was running.")


@cli.command()
def status(as_json: AsJson = False) -> None:
    """Show what runs, where, and how much memory it takes."""
    reports = {kind.value: Report.of(Home.of(kind)) for kind in Kind}
    if as_json:
        report = {kind: asdict(one) for kind, one in reports.items()}
        print(json.dumps(report, indent=2))  # noqa: T201  # exact output, no markup
        return
    table = Table("stack", "process", "pid", "memory", "up for", box=SIMPLE)
    for kind, one in reports.items():
        for process in one.processes:
            if process.pid is None:
                table.add_row(kind, process.name, "[red]dead[/]")
            else:
                size, age = f"{process.megabytes} MB", f"{process.seconds} s"
                table.add_row(kind, process.name, str(process.pid), size, age)
    out.print(table if table.row_count else "Nothing is running: `catalog up` starts a stack.")
    for one in reports.values():
        for name, link in one.links.items():
            out.print(f"  {name:12} {escape(link['url'])}", soft_wrap=True)


@cli.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="A process as `catalog status` names it.")] = None,
    stack: OneStack = Kind.EMBEDDED,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
) -> None:
    """Show the logs of one process, or of all."""
    show_logs(Home.of(stack), name, lines, follow)


@cli.command()
def users(stack: OneStack = Kind.EMBEDDED, as_json: AsJson = False) -> None:
    """Show the demo users and their passwords."""
    home = Home.of(stack)
    if not home.read("secrets"):
        raise Trouble(f"The {stack} stack has no users yet: `catalog up --stack {stack}` makes them.")
    if as_json:
        print(json.dumps(passwords(home), indent=2))  # noqa: T201  # exact output, no markup
    else:
        _say_users(home)


@cli.command()
def reset(
    stack: OneStack = Kind.EMBEDDED,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop a stack and delete all its data, secrets included."""
    home = Home.of(stack)
    if not home.exists:
        out.print(f"The {stack} stack has no data.")
        return
    if not yes:
        typer.confirm(f"Delete everything in {home.state}?", abort=True)
    with home.locked():
        steps = Steps()
        try:
            with steps.shown():
                take_down(home, steps)
        except Trouble as trouble:  # no reason to keep the data, which may be what is damaged
            out.print(f"{escape(printable(str(trouble)))} What ran may still run.")
        home.delete()
    out.print(f"The {stack} stack is as new.")


def _stack(kind: Kind, home: Home, random: bool, chosen: dict[str, int], engine: Engine, web: bool) -> Stack:
    if kind is Kind.EMBEDDED:
        return embedded(home, random=random, chosen=chosen, web=web)
    from platform_app.native import native  # its libraries take a second to load

    return native(home, random=random, chosen=chosen, engine=engine.value, web=web)


def _age() -> float:
    """Seconds since this command was typed, the loading of its own code included."""
    return time.time() - psutil.Process().create_time()


def _say_where(stack: Stack, remarks: Sequence[str]) -> None:
    table = Table("what", Column("where", overflow="fold"), "sign in as", box=SIMPLE)
    for link in stack.links:
        table.add_row(link.name, escape(link.url), escape(link.sign_in))
    out.print(table)
    for remark in remarks:
        out.print(escape(printable(remark)))
    if any(link.sign_in for link in stack.links if link.sign_in != "a demo user"):
        out.print(f"The servers' own passwords are in {stack.home.state / 'secrets.json'}.")


def _say_users(home: Home) -> None:
    table = Table("user", "password", box=SIMPLE)
    for user, password in passwords(home).items():
        table.add_row(user, escape(password))
    out.print(table)


def main() -> None:
    """Run the command; whatever is foreseen ends as one sentence and status 1."""
    try:
        cli()
    except Trouble as trouble:
        err.print(f"[bold red]catalog:[/] {escape(printable(str(trouble)))}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
