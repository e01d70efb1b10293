"""What the publish process must be, held against those who do its steps. One rule, one function.

Each rule takes the diagram and, by app, the topics that it does with the codes that they throw, and yields
one sentence per fault.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from kernel.bpmn import Diagram, Node

Workers = Mapping[str, Mapping[str, frozenset[str]]]
Rule = Callable[[Diagram, Workers], Iterator[str]]

UNDOES = {"store.drop-entry": "store.stage-entry", "pricing.release-prices": "pricing.lock-prices"}
"""Each undo with the step that it undoes, the last step's first."""
WITHOUT_EFFECT = ("specification.validate",)
"""The steps that leave nothing behind."""
PIVOT = "offering.confirm"
"""The step after which there is no way back."""
REJECTED = "offering.reject"
"""The step that ends the undo path."""
TOLD = ("errorCode", "errorMessage")
"""The variables by which the undo path knows what has happened."""


def one_worker(diagram: Diagram, workers: Workers) -> Iterator[str]:
    """Each topic of the diagram is done by one app and stands at one task, and no app waits for another."""
    done = Counter(topic for topics in workers.values() for topic in topics)
    for topic in sorted(diagram.topics.keys() | done):
        if done[topic] != 1:
            yield f"{topic} is done by {done[topic]} apps"
        tasks = len(diagram.topics.get(topic, ()))
        if tasks != 1:
            yield f"{topic} stands at {tasks} tasks"


def all_is_handled(diagram: Diagram, workers: Workers) -> Iterator[str]:
    """Each code that a worker throws has an event of its own, and steps on the way have a catch-all, too."""
    for topics in workers.values():
        for topic, codes in topics.items():
            for code in sorted(codes - diagram.handlers(topic).codes):
                yield f"{topic} throws {code}, and no event takes it"
    for task in _steps(diagram):
        if not diagram.handlers(task.topic or "").anything:
            yield f"{task.topic} has no catch-all"


def no_event_too_many(diagram: Diagram, workers: Workers) -> Iterator[str]:
    """Each code that an event takes is thrown by somebody."""
    thrown = frozenset[str]().union(*(codes for topics in workers.values() for codes in topics.values()))
    for event in _events(diagram):
        if event.code is not None and event.code not in thrown:
            yield f"{event.id} takes {event.code}, which nobody throws"


def errors_are_told(diagram: Diagram, _: Workers) -> Iterator[str]:
    """Each error event says by the same variables what has happened."""
    for event in _events(diagram):
        if event.catches and (event.code_variable, event.message_variable) != TOLD:
            yield f"{event.id} does not tell {' and '.join(TOLD)}"


def effects_are_undone(diagram: Diagram, _: Workers) -> Iterator[str]:
    """Each step with an effect has an undo, and each event leads to all of them, backwards, then rejects."""
    for task in _steps(diagram):
        if task.topic not in (*UNDOES.values(), *WITHOUT_EFFECT):
            yield f"{task.topic} has no undo"
    for event in _events(diagram):
        path = [diagram.nodes[id].topic for id in diagram.behind(event.id)]
        if [topic for topic in path if topic is not None] != [*UNDOES, REJECTED]:
            yield f"{event.id} does not lead to {', '.join([*UNDOES, REJECTED])}"


def steps_are_timed(diagram: Diagram, _: Workers) -> Iterator[str]:
    """All steps before the pivot are in a sub-process that may take only so long."""
    for task in _steps(diagram):
        around = [node.id for node in diagram.around(task.id) if node.kind == "subProcess"]
        if not any(id in diagram.timers for id in around):
            yield f"{task.topic} may take for ever"


def pivot_is_last(diagram: Diagram, _: Workers) -> Iterator[str]:
    """The pivot is outside of what is timed and undone, and nothing comes behind it."""
    (pivot,) = diagram.topics[PIVOT]
    if pivot.scope is not None or diagram.borders.get(pivot.id):
        yield f"{PIVOT} can be interrupted"
    if any(diagram.nodes[id].kind != "endEvent" for id in diagram.behind(pivot.id)):
        yield f"something comes behind {PIVOT}"


def no_way_back_throws(_: Diagram, workers: Workers) -> Iterator[str]:
    """Undoing, rejecting and the pivot have no business errors: they are tried until they are done."""
    for topics in workers.values():
        for topic in (*UNDOES, REJECTED, PIVOT):
            if topics.get(topic):
                yield f"{topic} throws {', '.join(sorted(topics[topic]))}"


RULES: tuple[Rule, ...] = (
    one_worker,
    all_is_handled,
    no_event_too_many,
    errors_are_told,
    effects_are_undone,
    steps_are_timed,
    pivot_is_last,
    no_way_back_throws,
)


def _steps(diagram: Diagram) -> list[Node]:
    """The tasks on the way forward, without the pivot."""
    ahead = [diagram.nodes[id] for id in diagram.behind(diagram.start)]
    return [node for node in ahead if node.topic not in (None, PIVOT)]


def _events(diagram: Diagram) -> list[Node]:
    return [event for events in diagram.borders.values() for event in events]
