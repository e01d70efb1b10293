"""`catalog trace`."""

import asyncio
import json
from typing import Annotated

import typer
from rich.markup import escape

from platform_app.choices import Kind, OneStack
from platform_app.console import out, printable
from platform_app.home import Home
from platform_app.tracing.spans import spans_of, trace_id_of
from platform_app.tracing.tree import drawn
from platform_app.trouble import Trouble

cli = typer.Typer()


@cli.command()
def trace(
    id: Annotated[str, typer.Argument(help="A trace id, or a `traceparent`.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: the spans as Zipkin has them.")
    ] = False,
    stack: OneStack = Kind.EMBEDDED,
) -> None:
    """Show one trace: every span of every service, when it was and what became of it."""
    from platform_app.tracing.sources import spans_from  # its libraries take a second to load

    wanted = trace_id_of(id)
    if wanted is None:
        raise Trouble(
            "That is no trace id: 32 hex digits, as in X-Trace-Id of an answer and in the logs, "
            "or a traceparent."
        )
    told = asyncio.run(spans_from(Home.of(stack), wanted))
    if as_json:
        print(json.dumps(told, indent=2))  # noqa: T201  # exact output, no markup
        return
    try:
        spans = spans_of(told)
    except (KeyError, TypeError, AttributeError) as error:
        raise Trouble("What was answered is no list of spans.") from error
    out.print(f"[bold]trace {wanted}[/]")
    for line in drawn(spans):
        said = escape(printable(line.text))
        out.print(f"[red]{said}[/]" if line.failed else said, soft_wrap=True)
