"""A way round that nobody has anything to do on: an engine that began it would never stop."""

from kernel.bpmn.diagram import Diagram, Node


def endless(diagram: Diagram) -> list[str]:
    """One sentence for each element at which such a way round is closed."""
    done: set[str] = set()
    return [fault for id in diagram.nodes for fault in _walk(diagram, id, (), done)]


def _walk(diagram: Diagram, id: str, path: tuple[str, ...], done: set[str]) -> list[str]:
    if id in path:
        return [f"{diagram.nodes[id].kind} {id}: a way leads round to it without any task"]
    if id in done:
        return []
    found = [
        fault
        for target in _at_once(diagram, diagram.nodes[id])
        for fault in _walk(diagram, target, (*path, id), done)
    ]
    done.add(id)
    return found


def _at_once(diagram: Diagram, node: Node) -> list[str]:
    """Where a token gets to from here without waiting for anybody."""
    if node.kind == "serviceTask":
        return []
    if node.kind == "subProcess":
        return [node.start] if node.start else []
    if node.kind == "endEvent" and node.scope is not None:
        node = diagram.nodes[node.scope]
    return [flow.target for flow in node.flows]
