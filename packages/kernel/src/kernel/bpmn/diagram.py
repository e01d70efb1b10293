"""A diagram that has been read: what is in it, and what a look at it tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from kernel.bpmn.expressions import Condition


@dataclass(frozen=True)
class Flow:
    """The way to `target`, taken when `condition` holds; None always does."""

    id: str
    target: str
    condition: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """An element that a token comes to. `kind` is its name in BPMN, `scope` the sub-process around it.

    Of a service task there is a `topic`; of a sub-process the `start` in it; of an event on a border the
    element it is `attached_to`, and either `seconds`, or `catches` with the error's `code` (None: any) and
    the names of the variables that its code and message go to.
    """

    id: str
    kind: str
    name: str = ""
    scope: str | None = None
    flows: tuple[Flow, ...] = ()
    topic: str | None = None
    start: str | None = None
    attached_to: str | None = None
    seconds: int | None = None
    catches: bool = False
    code: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None


@dataclass(frozen=True)
class Handlers:
    """Which errors of a task lead somewhere: those with these `codes`, or all (`anything`)."""

    codes: frozenset[str]
    anything: bool


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """One process. `nodes` by id; `kept` is for how long an instance that has ended is remembered."""

    key: str
    name: str
    kept: timedelta
    start: str
    nodes: Mapping[str, Node]
    borders: Mapping[str, tuple[Node, ...]]
    """The events on the border of an element, by its id."""

    @property
    def topics(self) -> Mapping[str, tuple[Node, ...]]:
        """What is to be done by others, each topic with its tasks."""
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            if node.topic is not None:
                found[node.topic] = (*found.get(node.topic, ()), node)
        return found

    @property
    def names(self) -> Mapping[str, str]:
        """What people call the elements, by id."""
        return {node.id: node.name for node in self.nodes.values()}

    @property
    def timers(self) -> Mapping[str, int]:
        """The elements that may take so many seconds."""
        events = [node for node in self.nodes.values() if node.seconds is not None]
        return {node.attached_to or "": node.seconds or 0 for node in events}

    def handlers(self, topic: str) -> Handlers:
        """Which errors lead somewhere, whichever task of the topic reports them.

        Raises:
            KeyError: when no task has this topic.
        """
        found = [self._handlers(task) for task in self.topics[topic]]
        codes = frozenset.intersection(*(one.codes for one in found))
        return Handlers(codes, all(one.anything for one in found))

    def behind(self, id: str) -> tuple[str, ...]:
        """The elements that may come behind this one in its scope, and inside of those, without errors."""
        seen: dict[str, None] = {}
        ahead = [flow.target for flow in self.nodes[id].flows]
        while ahead:
            node = self.nodes[ahead.pop(0)]
            if node.id not in seen:
                seen[node.id] = None
                ahead += [node.start] if node.start else []
                ahead += [flow.target for flow in node.flows]
        return tuple(seen)

    def around(self, id: str) -> Iterator[Node]:
        """The element itself, and the sub-processes around it, from the inside out."""
        scope: str | None = id
        while scope is not None:
            yield self.nodes[scope]
            scope = self.nodes[scope].scope

    def _handlers(self, task: Node) -> Handlers:
        events = [
            event for node in self.around(task.id) for event in self.borders.get(node.id, ()) if event.catches
        ]
        codes = frozenset(event.code for event in events if event.code is not None)
        return Handlers(codes, any(event.code is None for event in events))
