"""What the doctor says of what is under way: events, messages, publications, and what the store shows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from platform_app.doctor.cures import command, cure, cure_behind_door, logs, seen, unknown
from platform_app.doctor.facts import (
    BROKER,
    Facts,
    Health,
    Publications,
    Queued,
    Slow,
    StoreStatus,
    Stuck,
    Unseen,
)
from platform_app.doctor.findings import Finding, Level
from platform_app.doctor.words import ago, listed, number, spoken, upper

WAITED = 30.0
"""Seconds after which an event that waits to be published does not go by itself: it is tried every second."""
SLOW = 300.0
"""Seconds after which a publication takes too long: its steps have two minutes."""
LAG = 5.0
"""Seconds from commit to visible after which the store is slow."""


def outboxes(facts: Facts) -> Iterator[Finding]:
    """What waits to be published."""
    told = {
        name: one.dependencies["outbox"].detail
        for name, one in sorted(facts.apps.items())
        if isinstance(one, Health) and "outbox" in one.dependencies and one.dependencies["outbox"].up
    }
    waiting = {name: detail for name, detail in told.items() if detail.get("pending", 0)}
    if told and not waiting:
        yield Finding(Level.WELL, "outbox", "", "No event waits to be published.")
    for name, detail in waiting.items():
        late = float(detail.get("oldestSeconds", 0.0)) > WAITED
        do = logs(name, facts) if late else ""
        yield Finding(Level.WRONG if late else Level.PASSING, "outbox", name, _waits(detail), do)


def _waits(detail: Mapping[str, Any]) -> str:
    pending, failing = int(detail["pending"]), int(detail.get("failing", 0))
    oldest = spoken(float(detail.get("oldestSeconds", 0.0)))
    tried = f", {failing:,} after a try that failed" if failing else ""
    verb = "wait" if pending > 1 else "waits"
    return f"{number(pending, 'event', 'events')} {verb} to be published{tried}; the oldest for {oldest}."


def queues(facts: Facts) -> Iterator[Finding]:
    """What waits for consumers."""
    if facts.queues is None:
        return
    if isinstance(facts.queues, Unseen):
        yield unknown("queues", "", facts.queues.why, cure("rabbitmq", facts))
        return
    found = dict(sorted(facts.queues.items()))
    quiet = [one for one in seen(found) if one.listeners and not one.waiting and not one.retrying]
    if quiet:
        said = f"{number(len(quiet), 'is', 'are')} listened to, and nothing waits there."
        yield Finding(Level.WELL, "queues", "", said)
    for name, one in found.items():
        if isinstance(one, Unseen):
            yield Finding(Level.WRONG, "queue", name, f"{one.why}.", "catalog broker apply")
        elif not one.listeners:
            said = f"Nobody listens, and {_queued(one)}."
            yield Finding(Level.WRONG, "queue", name, said, cure(name, facts))
        elif one.waiting or one.retrying:
            yield Finding(Level.PASSING, "queue", name, f"{upper(_queued(one))}.")


def _queued(one: Queued) -> str:
    count = one.waiting + one.retrying
    if not count:
        return "nothing waits"
    again = f", {one.retrying:,} of them for another try" if one.retrying else ""
    return f"{number(count, 'message waits', 'messages wait')}{again}"


def parked(facts: Facts) -> Iterator[Finding]:
    """What nobody could handle."""
    counts: Counter[str] = Counter()
    for place in seen(facts.parked):
        counts.update(place)
    unseen = {name: one.why for name, one in facts.parked.items() if isinstance(one, Unseen)}
    if not counts and not unseen:
        yield Finding(Level.WELL, "parked", "", "No message is parked.")
    for consumer, count in sorted(counts.items()):
        waits = number(count, "message that nobody could handle", "messages that nobody could handle")
        do = command(f"dlq list --consumer {consumer}", facts)
        yield Finding(Level.WRONG, "parked", consumer, f"{waits}.", do)
    for why in dict.fromkeys(unseen.values()):
        places = sorted(name for name, one in unseen.items() if one == why)
        server = "rabbitmq" if places == [BROKER] else "postgres"
        yield unknown("parked", "", why, cure(server, facts), of=listed(places))


def publications(facts: Facts) -> Iterator[Finding]:
    """How publications go on."""
    found = facts.publications
    if isinstance(found, Unseen):
        yield unknown("publications", "", found.why, cure_behind_door("offering", facts))
        return
    yield Finding(Level.WELL, "publications", "", _going_on(found))
    for slow in found.slow:
        yield _slow(slow, facts)
    for stuck in found.oldest_stuck:
        do = command(f"publications retry {stuck.id}", facts)
        yield Finding(Level.WRONG, "publication", stuck.offering, _stuck(stuck, facts.seen_at), do)
    if rest := found.stuck - len(found.oldest_stuck):
        said = f"{rest:,} more {'are' if rest > 1 else 'is'} stuck."
        do = command("publications retry --stuck", facts)
        yield Finding(Level.WRONG, "publications", "", said, do)


def _going_on(found: Publications) -> str:
    if not found.running and not found.waiting:
        return "None goes on." if not found.stuck else "None goes on, but for those that are stuck."
    waiting = (
        f", {found.waiting:,} {'wait' if found.waiting > 1 else 'waits'} to begin" if found.waiting else ""
    )
    return f"{found.running:,} {'runs' if found.running == 1 else 'run'}{waiting}."


def _slow(slow: Slow, facts: Facts) -> Finding:
    said = f"It has been going on for {ago(slow.since, facts.seen_at)}; two minutes are enough."
    do = command(f"publications show {slow.id}", facts)
    return Finding(Level.WRONG, "publication", slow.offering, said, do)


def _stuck(stuck: Stuck, now: datetime) -> str:
    step = f" at “{stuck.step}”" if stuck.step else ""
    since = f" since {stuck.since:%H:%M:%S} UTC ({ago(stuck.since, now)})" if stuck.since else ""
    problem = f": {stuck.problem}" if stuck.problem else "."
    return f"Stuck{step}{since}{problem}"


def store(facts: Facts) -> Iterator[Finding]:
    """How the store is."""
    if isinstance(facts.store, Unseen):
        yield unknown("store", "", facts.store.why, cure_behind_door("store", facts))
    else:
        yield _told_by_store(facts.store)
    if isinstance(facts.rebuilding, Unseen):
        yield unknown("store", "editions", facts.rebuilding.why, cure("mongod", facts))
    elif facts.rebuilding:
        said = "It is being made anew; if nobody does that any more, this goes on with it."
        yield Finding(Level.PASSING, "store", "editions", said, command("store rebuild", facts))


def _told_by_store(store: StoreStatus) -> Finding:
    said = number(store.entries, "entry", "entries")
    if store.stale:
        said += f", {store.stale:,} still to be composed anew"
    if store.lag is not None:
        said += f"; what came lately was visible after {store.lag:.2g} s (95 of 100)"
    slow = bool(store.stale) or (store.lag or 0.0) > LAG
    return Finding(Level.PASSING if slow else Level.WELL, "store", "", f"{said}.")
