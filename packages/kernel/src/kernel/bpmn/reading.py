"""From the XML of a diagram to what it says, or to all the reasons why it cannot run."""

from collections import defaultdict
from datetime import timedelta

from lxml import etree

from kernel.bpmn.diagram import Diagram, Flow, Node
from kernel.bpmn.endless import endless
from kernel.bpmn.expressions import Condition, days_of, seconds_of
from kernel.bpmn.subset import BPMN, CAMUNDA, NODES, Element, problems_of
from kernel.errors import Problem, refuse

LARGEST = 1024 * 1024
"""Bytes of a diagram."""

_REFUSED = "This diagram cannot run"


def read(xml: bytes) -> Diagram:
    """What the diagram says.

    Raises:
        Invalid: whose problems name, by element, everything that not all engines run alike.
    """
    root = _parsed(xml)
    _refuse(problems_of(root))
    diagram = _diagram(root)
    _refuse(endless(diagram))
    return diagram


def _parsed(xml: bytes) -> Element:
    """The XML, read without entities, document types, or anything from elsewhere."""
    if len(xml) > LARGEST:
        _refuse([f"it has more than {LARGEST} bytes"])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        _refuse([f"it is not XML: {error}"])
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse(["it has a document type: that is not in the subset"])
    return root


def _refuse(faults: list[str]) -> None:
    refuse(f"{_REFUSED}: {'; '.join(faults)}", [Problem("diagram", fault) for fault in faults])


def _diagram(root: Element) -> Diagram:
    process = root.find(f"{BPMN}process")
    codes = {error.get("id"): error.get("errorCode") for error in root.iter(f"{BPMN}error")}
    elements = list(process.iter(*(f"{BPMN}{kind}" for kind in NODES)))
    nodes = {one.get("id"): _node(one, process, codes) for one in elements}
    borders: dict[str, tuple[Node, ...]] = defaultdict(tuple)
    for node in nodes.values():
        if node.attached_to is not None:
            borders[node.attached_to] += (node,)
    return Diagram(
        key=process.get("id"),
        name=process.get("name", ""),
        kept=timedelta(days=days_of(process.get(f"{CAMUNDA}historyTimeToLive"))),
        start=_start(process),
        nodes=nodes,
        borders=dict(borders),
    )


def _node(element: Element, process: Element, codes: dict[str, str]) -> Node:
    parent, id, kind = element.getparent(), element.get("id"), element.tag.removeprefix(BPMN)
    error = element.find(f"{BPMN}errorEventDefinition")
    duration = element.findtext(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    flows = [
        Flow(
            flow.get("id"),
            flow.get("targetRef"),
            Condition.of(flow.findtext(f"{BPMN}conditionExpression") or ""),
        )
        for flow in parent.iterchildren(f"{BPMN}sequenceFlow")
        if flow.get("sourceRef") == id
    ]
    return Node(
        id=id,
        kind=kind,
        name=element.get("name", ""),
        scope=None if parent is process else parent.get("id"),
        flows=tuple(flows),
        topic=element.get(f"{CAMUNDA}topic"),
        start=_start(element) if kind == "subProcess" else None,
        attached_to=element.get("attachedToRef"),
        seconds=None if duration is None else seconds_of(duration),
        catches=error is not None,
        code=None if error is None else codes.get(error.get("errorRef")),
        code_variable=None if error is None else error.get(f"{CAMUNDA}errorCodeVariable"),
        message_variable=None if error is None else error.get(f"{CAMUNDA}errorMessageVariable"),
    )


def _start(scope: Element) -> str:
    return str(scope.find(f"{BPMN}startEvent").get("id"))
