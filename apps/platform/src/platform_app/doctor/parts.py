"""What the doctor says of the parts of a stack: processes, apps, breakers, sign-in, disk."""

from collections.abc import Iterator, Sequence

from platform_app.doctor.cures import (
    command,
    cure,
    cure_of_sign_in,
    process_behind,
    process_of,
    unknown,
)
from platform_app.doctor.facts import Breaker, Facts, Health, Unseen
from platform_app.doctor.findings import Finding, Level
from platform_app.doctor.words import listed, number
from platform_app.home import ROOM

_SCARCE = 3 * ROOM  # bytes
_DEAD_LINKS = {
    "postgres": "its database does not answer",
    "mongodb": "its documents cannot be reached",
    "broker": "the broker does not take its events",
    "outbox": "its events are not published",
    "events": "it does not hear events",
    "engine": "the process engine does not answer",
    "token-keys": "the issuer's keys cannot be read",
    "identity": "the issuer does not answer",
}


def processes(facts: Facts) -> Iterator[Finding]:
    """What runs, and what does not any more."""
    alive = [one for one in facts.processes if one.pid is not None]
    size = sum(one.megabytes for one in alive)
    if alive:
        verbs = ("run", "take") if len(alive) > 1 else ("runs", "takes")
        said = f"{number(len(alive), 'process', 'processes')} {verbs[0]}, and {verbs[1]} {size:,} MB."
        yield Finding(Level.WELL, "processes", "", said)
    for name in sorted(facts.ended):
        yield Finding(Level.WRONG, "process", name, "It does not run any more.", command("up", facts))


def apps(facts: Facts) -> Iterator[Finding]:
    """How the apps say they are."""
    ready = sorted(name for name in facts.apps if _is_ready(name, facts))
    if ready:
        yield Finding(Level.WELL, "apps", "", f"{number(len(ready), 'is', 'are')} ready: {', '.join(ready)}.")
    for name, one in sorted(facts.apps.items()):
        if isinstance(one, Unseen):
            if process_of(name, facts) not in facts.ended:  # which has been said
                said = f"It does not say how it is: {one.why}."
                yield Finding(Level.WRONG, "app", name, said, cure(name, facts))
        elif one.status != "ready":
            down = _down(one)
            if down and all(_is_ready(other, facts) for other in down):
                said = f"It has had no answer of {listed(down)} lately; the next call finds out."
                yield Finding(Level.PASSING, "app", name, said)
            else:
                said = f"{one.status.capitalize()}: {_faults(one.status, down)}."
                yield Finding(Level.WRONG, "app", name, said, cure(name, facts, down))


def _is_ready(app: str, facts: Facts) -> bool:
    health = facts.apps.get(app)
    return isinstance(health, Health) and health.status == "ready"


def _down(health: Health) -> list[str]:
    return sorted(name for name, needed in health.dependencies.items() if not needed.up)


def _faults(status: str, down: Sequence[str]) -> str:
    """What is wrong with an app, in words."""
    if not down:
        return "it is about to end" if status == "stopping" else "it does not say why"
    return "; ".join(_DEAD_LINKS.get(name, f"{name} does not answer") for name in down)


def breakers(facts: Facts) -> Iterator[Finding]:
    """Who is not asked any more."""
    every = sorted(facts.breakers, key=lambda one: (one.caller, one.whom))
    not_closed = [one for one in every if one.state != "closed"]
    if every and not not_closed:
        yield Finding(Level.WELL, "breakers", "", f"{number(len(every), 'is', 'are')} closed.")
    for one in not_closed:
        if one.state == "open" and not _answers(one, facts):
            said = f"Open: the {one.whom} has not answered, so nobody asks it."
            yield Finding(
                Level.WRONG, "breaker", one.caller, said, cure(process_behind(one.whom, facts), facts)
            )
        else:
            state = "Half open" if one.state == "half_open" else "Open"
            said = f"{state}: the next call finds out whether the {one.whom} answers again."
            yield Finding(Level.PASSING, "breaker", one.caller, said)


def _answers(breaker: Breaker, facts: Facts) -> bool:
    """Whether whom it is about answers now, as far as others know: the breaker learns it last."""
    if "engine" in breaker.whom:
        health = facts.apps.get(breaker.caller)
        return isinstance(health, Health) and "engine" not in _down(health)
    return any(_is_ready(word, facts) for word in breaker.whom.split())


def sign_in(facts: Facts) -> Iterator[Finding]:
    """Whether the operator can sign in."""
    if facts.signed_in is None:
        yield Finding(Level.WELL, "sign-in", "", "The operator can sign in.")
    else:
        said = f"The operator cannot sign in: {facts.signed_in.why}."
        yield Finding(Level.WRONG, "sign-in", "", said, cure_of_sign_in(facts))


def disk(facts: Facts) -> Iterator[Finding]:
    """How much room there is."""
    if isinstance(facts.free, Unseen):
        yield unknown("disk", "", facts.free.why, f"df -h {facts.home}")
        return
    said = f"{facts.free / 1e9:,.1f} GB are free."
    if facts.free >= _SCARCE:
        yield Finding(Level.WELL, "disk", "", said)
    elif facts.free >= ROOM:
        yield Finding(Level.PASSING, "disk", "", f"Only {said}", f"df -h {facts.home}")
    else:
        said = f"Only {facts.free // 1_000_000:,} MB are free: make room, or the databases will stop."
        yield Finding(Level.WRONG, "disk", "", said, f"df -h {facts.home}")
