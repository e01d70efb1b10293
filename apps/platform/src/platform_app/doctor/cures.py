"""Which command helps: to start what has ended, or to look into the log of who does not answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from platform_app.doctor.facts import Facts, Unseen
from platform_app.doctor.findings import Finding, Level

_SERVERS = {
    "postgres": ("postgres",),
    "mongodb": ("mongod",),
    "broker": ("rabbitmq",),
    "outbox": ("rabbitmq", "postgres"),
    "events": ("rabbitmq",),
    "engine": ("camunda", "operaton", "postgres"),
    "token-keys": ("keycloak",),
    "identity": ("keycloak",),
}
"""By dependency, the processes that may be at fault: whichever of them the stack has."""
_DOORS = ("keycloak", "platform", "gateway")
"""The processes through which people sign in, the one that decides first."""


def command(words: str, facts: Facts) -> str:
    """A command of ours for this stack."""
    return for_stack(words, facts.stack)


def for_stack(words: str, stack: str) -> str:
    """The same where nothing runs."""
    return f"catalog {words}" if stack == "embedded" else f"catalog {words} --stack {stack}"


def logs(name: str, facts: Facts) -> str:
    """Look into the log of an app or a server."""
    return command(f"logs {process_of(name, facts)}", facts)


def cure(name: str, facts: Facts, down: Sequence[str] = ()) -> str:
    """For an app or a server, of which the dependencies that are `down` are known."""
    suspects = [process for other in down for process in _SERVERS.get(other, (other,))]
    known = _known(facts)
    gone = facts.ended | {app for app in facts.apps if process_of(app, facts) not in known}
    if process_of(name, facts) not in known - facts.ended or gone & {*suspects}:
        return command("up", facts)
    return logs(next((process for process in suspects if process in known), name), facts)


def cure_of_sign_in(facts: Facts) -> str:
    """For a sign-in that does not succeed."""
    alive = _known(facts) - facts.ended
    return cure(next((name for name in _DOORS if name in alive), "gateway"), facts, _DOORS)


def cure_behind_door(name: str, facts: Facts) -> str:
    """For an app that nobody could ask, perhaps because nobody could sign in."""
    return cure(name, facts) if facts.signed_in is None else cure_of_sign_in(facts)


def process_of(name: str, facts: Facts) -> str:
    """The process of an app or a server: its own, or the one that is all apps."""
    known = _known(facts)
    return "platform" if name not in known and "platform" in known else name


def process_behind(breaker: str, facts: Facts) -> str:
    """The process that a breaker is about: its name has that of a service, or says that it is the engine."""
    known = _known(facts)
    words = [*breaker.split(), *(_SERVERS["engine"] if "engine" in breaker else ())]
    return next((word for word in words if word in known), "platform")


def _known(facts: Facts) -> set[str]:
    return {one.name for one in facts.processes}


def unknown(about: str, name: str, why: str, what_to_do: str, *, of: str = "") -> Finding:
    """What could not be looked at, or only not at a part `of` it."""
    said = f"Not known of {of}: {why}." if of else f"Not known: {why}."
    return Finding(Level.UNKNOWN, about, name, said, what_to_do)


def seen(found: Mapping[str, Any]) -> list[Any]:
    """Those of several that could be looked at."""
    return [one for one in found.values() if not isinstance(one, Unseen)]
