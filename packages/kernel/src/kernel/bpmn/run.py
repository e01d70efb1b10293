"""One instance on its way through a diagram: tokens, timers, variables and what it has come to.

A run is pure: it is told the time, its state is plain JSON, and whoever keeps that state has kept the run.
The steps of a run either succeed or raise; after one that has raised, the run is good for nothing and its
kept state counts.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kernel.bpmn.diagram import Diagram, Node
from kernel.process import Scalar, TaskRefused, Variables


class Token(NamedTuple):
    """Something active: at a task or a sub-process, in the sub-process whose token is `scope`."""

    node: str
    scope: str | None


class Timer(NamedTuple):
    """The token that this event interrupts when it is `due`, in seconds since 1970."""

    due: float
    token: str
    event: str


class Visit(NamedTuple):
    """An element that the instance has come to. `state` is active, completed or canceled.

    Times are in seconds since 1970. `failures` are those of a task so far, `problem` is the last one's.
    """

    node: str
    state: str
    started: float
    ended: float | None = None
    failures: int = 0
    problem: str | None = None


class Run:
    """See above. The ids of tokens, which are those of tasks too, begin with the id of the instance."""

    def __init__(self, diagram: Diagram, state: Mapping[str, Any]) -> None:
        """Go on from what `dump` has returned."""
        self._diagram = diagram
        self._id: str = state["id"]
        self._count: int = state["count"]
        self._tokens = {id: Token(*one) for id, one in state["tokens"].items()}
        self._timers = [Timer(*one) for one in state["timers"]]
        self.visits = {id: Visit(*one) for id, one in state["visits"].items()}
        """By token, in the order in which they began."""
        self.variables: dict[str, Scalar] = dict(state["variables"])
        self._now = 0.0

    @classmethod
    def begin(cls, diagram: Diagram, id: str, now: float, variables: Variables) -> "Run":
        """A new instance, moved as far as it gets without anybody doing anything.

        Raises:
            TaskRefused: `invalid` when a condition cannot be told from the variables.
        """
        nothing: dict[str, Any] = {"count": 0, "tokens": {}, "timers": [], "visits": {}}
        run = cls(diagram, {"id": id, "variables": variables, **nothing})
        run._now = now
        run._enter(diagram.start, None)
        return run

    def dump(self) -> Mapping[str, Any]:
        """All there is to know, for JSON."""
        return {
            "id": self._id,
            "count": self._count,
            "tokens": self._tokens,
            "timers": self._timers,
            "visits": self.visits,
            "variables": self.variables,
        }

    @property
    def tasks(self) -> Mapping[str, Node]:
        """What waits to be done, by the id of its token."""
        nodes = self._diagram.nodes
        return {id: nodes[one.node] for id, one in self._tokens.items() if nodes[one.node].topic is not None}

    @property
    def ended(self) -> bool:
        """Whether nothing is active any more."""
        return not self._tokens

    @property
    def due(self) -> float | None:
        """When the next timer fires."""
        return min(self._timers).due if self._timers else None

    def complete(self, token: str, now: float, variables: Variables) -> None:
        """The task is done, and tells this.

        Raises:
            TaskRefused: `invalid` when a condition behind it cannot be told from the variables.
        """
        self._now = now
        self.variables.update(variables)
        self._leave(token)

    def error(self, token: str, code: str, message: str | None, now: float, variables: Variables) -> None:
        """The task ends with an error: the innermost event that takes it does, one of this very code first.

        Raises:
            TaskRefused: `uncaught` when there is none, and nothing has changed; `invalid` as above.
        """
        self._now = now
        found = self._handler(token, code)
        if found is None:
            raise TaskRefused(f"No event of the diagram takes {code}.", code="uncaught")
        interrupted, event = found
        self.variables.update(variables)
        if event.code_variable:
            self.variables[event.code_variable] = code
        if event.message_variable:
            self.variables[event.message_variable] = message
        self._interrupt(interrupted, event.id)

    def failed(self, token: str, problem: str) -> None:
        """The task was tried, and this went wrong."""
        visit = self.visits[token]
        self.visits[token] = visit._replace(failures=visit.failures + 1, problem=problem)

    def fire(self, now: float, until: float) -> int:
        """Fire the timers that are due by `until`; returns how many. Raises TaskRefused as `complete`."""
        self._now = now
        fired = 0
        for timer in sorted(one for one in self._timers if one.due <= until):
            if timer in self._timers:
                self._interrupt(timer.token, timer.event)
                fired += 1
        return fired

    def cancel(self, now: float) -> None:
        """End it where it stands."""
        self._now = now
        for id in [id for id, one in self._tokens.items() if one.scope is None]:
            self._drop(id, "canceled")

    def _enter(self, id: str, scope: str | None) -> None:
        node = self._diagram.nodes[id]
        self._count += 1
        token = f"{self._id}-{self._count}"
        if node.kind in ("serviceTask", "subProcess"):
            self.visits[token] = Visit(id, "active", self._now)
            self._tokens[token] = Token(id, scope)
            self._timers += [
                Timer(self._now + event.seconds, token, event.id)
                for event in self._diagram.borders.get(id, ())
                if event.seconds is not None
            ]
            if node.start is not None:
                self._enter(node.start, token)
            return
        self.visits[token] = Visit(id, "completed", self._now, self._now)
        if node.kind != "endEvent":
            self._follow(node, scope)
        elif scope is not None and not any(one.scope == scope for one in self._tokens.values()):
            self._leave(scope)

    def _follow(self, node: Node, scope: str | None) -> None:
        """Take the first way whose condition holds, or else the one without a condition."""
        holds = (flow for flow in node.flows if flow.condition and flow.condition.holds(self.variables))
        otherwise = next(flow for flow in node.flows if flow.condition is None)
        self._enter(next(holds, otherwise).target, scope)

    def _leave(self, token: str) -> None:
        node, scope = self._tokens[token]
        self._drop(token, "completed")
        self._follow(self._diagram.nodes[node], scope)

    def _interrupt(self, token: str, event: str) -> None:
        scope = self._tokens[token].scope
        self._drop(token, "canceled")
        self._enter(event, scope)

    def _drop(self, token: str, state: str) -> None:
        for child in [id for id, one in self._tokens.items() if one.scope == token]:
            self._drop(child, state)
        self.visits[token] = self.visits[token]._replace(state=state, ended=self._now)
        del self._tokens[token]
        self._timers = [timer for timer in self._timers if timer.token != token]

    def _handler(self, token: str, code: str) -> tuple[str, Node] | None:
        inside: str | None = token
        while inside is not None:
            node, scope = self._tokens[inside]
            events = [event for event in self._diagram.borders.get(node, ()) if event.catches]
            for wanted in (code, None):
                for event in events:
                    if event.code == wanted:
                        return inside, event
            inside = scope
        return None
