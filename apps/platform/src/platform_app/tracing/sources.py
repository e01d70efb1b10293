"""Where the spans of a stack are kept: at Zipkin, or in the process that is all apps."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kernel.errors import CatalogError, NotFound
from platform_app.calling.calls import Away, Calls
from platform_app.calling.http import Asked, Connections, Lost
from platform_app.calling.signing_in import gateway_of, password_of
from platform_app.choices import Kind
from platform_app.home import Home
from platform_app.servers.zipkin import Zipkin
from platform_app.subcommands.publications import USER
from platform_app.tcp_ports import Kept
from platform_app.trouble import Trouble

_UNKNOWN = (
    "There is nothing of this trace: it was not among those that are written (a part of them is, and what "
    "fails), it is too old, or it has not arrived yet, which takes a second."
)


async def spans_from(home: Home, trace: str) -> Sequence[Mapping[str, Any]]:
    """The spans of a trace in Zipkin's format. Raises Trouble when there are none, or nobody answers."""
    gateway = gateway_of(home)
    told = await (_zipkin(home, trace) if home.stack == Kind.NATIVE else _gateway(home, gateway, trace))
    if not isinstance(told, list) or not told:
        raise Trouble(_UNKNOWN)
    return told


async def _zipkin(home: Home, trace: str) -> Any:
    url = Zipkin(home, Kept.of(home).ports["zipkin"]).url
    try:
        async with Connections(url, 1) as http:
            answer = await http.ask(Asked("GET", f"/api/v2/trace/{trace}", {}, {}))
    except Lost as error:
        said = (
            "Zipkin does not answer: `catalog up --stack native` starts it anew, without the traces it had."
        )
        raise Trouble(said) from error
    if answer.status == 404:
        return None
    if not answer.good:
        raise Trouble(f"Zipkin answers with status {answer.status}.")
    return json.loads(answer.content)


async def _gateway(home: Home, url: str, trace: str) -> Any:
    try:
        async with Connections(url, 1) as http:
            calls = Calls(http, USER, password_of(home, USER), patience=10.0)
            return await calls.send("GET", f"/api/traces/{trace}")
    except Away as error:
        raise Trouble(str(error)) from error
    except NotFound:
        return None
    except CatalogError as error:
        raise Trouble(error.message) from error
