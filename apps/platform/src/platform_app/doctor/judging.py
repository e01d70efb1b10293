"""From facts to findings: what a person has to know, and the command that helps."""

from collections.abc import Collection, Sequence

from platform_app.doctor import flow, parts
from platform_app.doctor.cures import for_stack
from platform_app.doctor.facts import Facts, Health
from platform_app.doctor.findings import Finding, Level, Verdict
from platform_app.doctor.words import listed


def findings_of(facts: Facts) -> list[Finding]:
    """All findings, in the order in which they are shown. What is well is told in one line for each kind."""
    return [
        *parts.processes(facts),
        *parts.apps(facts),
        *flow.outboxes(facts),
        *flow.queues(facts),
        *flow.parked(facts),
        *flow.publications(facts),
        *flow.store(facts),
        *parts.breakers(facts),
        *parts.sign_in(facts),
        *parts.disk(facts),
    ]


def findings_without(stack: str, ended: Collection[str]) -> list[Finding]:
    """What there is to say of a stack of which nothing runs; `ended` are the processes that should."""
    last = f" Nobody has stopped {listed(sorted(ended))}." if ended else ""
    return [Finding(Level.WRONG, "stack", stack, f"It is not up.{last}", for_stack("up", stack))]


def verdict_of(findings: Sequence[Finding], facts: Facts | None) -> Verdict:
    """What the findings come to. Without facts, or without an answer of the gateway, the stack is not up."""
    if facts is None or not isinstance(facts.apps.get("gateway"), Health):
        return Verdict.NOT_UP
    bad = {Level.WRONG, Level.UNKNOWN}
    return Verdict.NEEDS_A_PERSON if any(one.level in bad for one in findings) else Verdict.WELL
