"""What the subset allows, rule by rule, on the XML itself. Each rule yields one sentence per fault.

Most of what is refused here would be skipped by an engine that does not know it, and so mean something else
than it says; the catch-all is there because Camunda leaves a sub-process as if all were well when nothing
takes an error inside of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from kernel.bpmn.expressions import Condition, days_of, seconds_of

Element = Any
"""An element of lxml, which has no types."""
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

NODES = ("startEvent", "endEvent", "serviceTask", "subProcess", "exclusiveGateway", "boundaryEvent")
"""What a token comes to."""
MOST = 200
"""The most elements of a diagram that a token comes to."""
_ALLOWED = frozenset(NODES) | {
    *("definitions", "process", "error", "sequenceFlow", "conditionExpression", "incoming", "outgoing"),
    *("errorEventDefinition", "timerEventDefinition", "timeDuration", "documentation", "extensionElements"),
}
_NAMED = frozenset(NODES) | {"process", "sequenceFlow", "error"}
_ATTRIBUTES = {
    "serviceTask": {"type", "topic"},
    "errorEventDefinition": {"errorCodeVariable", "errorMessageVariable"},
    "process": {"historyTimeToLive"},
}
"""The attributes of Camunda's own that mean something here; another one would mean something there alone."""
_HOSTS = ("serviceTask", "subProcess")

Rule = Callable[[Element], Iterator[str]]


def problems_of(root: Element) -> list[str]:
    """One sentence for each fault of a diagram; none when it can be read."""
    if root.tag != f"{BPMN}definitions":
        return ["it is not BPMN: its root is no definitions"]
    rules = {kind: _rules(kind) for kind in _ALLOWED}
    found = list(_whole(root))
    for element in root.iter(f"{BPMN}*"):
        if _kind(element) not in _ALLOWED:
            found.append(f"{_at(element)}: not in the subset")
            continue
        for rule in rules[_kind(element)]:
            found += [f"{_at(element)}: {fault}" for fault in rule(element)]
    return found


def _rules(kind: str) -> list[Rule]:
    own: dict[str, list[Rule]] = {
        "process": [_process, _one_start],
        "serviceTask": [_external, _one_way_out],
        "subProcess": [_embedded, _one_start, _one_way_out, _catch_all],
        "startEvent": [_plain, _no_way_in, _one_way_out],
        "endEvent": [_plain, _no_way_out],
        "boundaryEvent": [_border, _no_way_in, _one_way_out],
        "exclusiveGateway": [_gateway],
        "sequenceFlow": [_ends, _conditional],
        "conditionExpression": [_condition],
        "timerEventDefinition": [_duration],
        "errorEventDefinition": [_error],
        "extensionElements": [_properties],
    }
    return [_id, _foreign, *own.get(kind, [])]


def _whole(root: Element) -> Iterator[str]:
    processes = root.findall(f"{BPMN}process")
    if len(processes) != 1:
        yield f"it has {len(processes)} processes: one is what is run"
    ids = Counter(one.get("id") for one in root.iter(f"{BPMN}*") if one.get("id"))
    yield from (f"id {id} twice" for id, times in ids.items() if times > 1)
    if sum(1 for _ in root.iter(*(f"{BPMN}{kind}" for kind in NODES))) > MOST:
        yield f"it has more than {MOST} elements"


def _id(element: Element) -> Iterator[str]:
    if _kind(element) in _NAMED and not element.get("id"):
        yield "has no id"


def _foreign(element: Element) -> Iterator[str]:
    allowed = _ATTRIBUTES.get(_kind(element), set())
    for name in element.attrib:
        if name.startswith(CAMUNDA) and name.removeprefix(CAMUNDA) not in allowed:
            yield f"camunda:{name.removeprefix(CAMUNDA)} is not in the subset"
    if element.get("isForCompensation") == "true":
        yield "compensation is not in the subset"


def _properties(element: Element) -> Iterator[str]:
    if any(child.tag != f"{CAMUNDA}properties" for child in element):
        yield f"only camunda:properties as extension of {element.getparent().get('id')}"


def _process(process: Element) -> Iterator[str]:
    if process.get("isExecutable") != "true":
        yield "needs isExecutable=true"
    kept = process.get(f"{CAMUNDA}historyTimeToLive")
    if not kept:
        yield "needs camunda:historyTimeToLive"
    else:
        yield from _faults(days_of, kept, "historyTimeToLive ")


def _one_start(scope: Element) -> Iterator[str]:
    starts = len(scope.findall(f"{BPMN}startEvent"))
    if starts != 1:
        yield f"needs exactly one start event, has {starts}"


def _external(task: Element) -> Iterator[str]:
    if task.get(f"{CAMUNDA}type") != "external" or not task.get(f"{CAMUNDA}topic"):
        yield "needs camunda:type=external and a topic"


def _embedded(sub: Element) -> Iterator[str]:
    if sub.get("triggeredByEvent") == "true":
        yield "is started by an event: an embedded sub-process is not"


def _catch_all(sub: Element) -> Iterator[str]:
    if None not in _caught(sub.getparent(), sub.get("id")):
        yield "needs a catch-all error boundary event"


def _plain(event: Element) -> Iterator[str]:
    if _definitions(event):
        yield "plain events only"


def _border(event: Element) -> Iterator[str]:
    if len(_definitions(event)) != 1 or event.get("cancelActivity") == "false":
        yield "one interrupting error or timer"
    hosts = {one.get("id") for kind in _HOSTS for one in event.getparent().findall(f"{BPMN}{kind}")}
    if event.get("attachedToRef") not in hosts:
        yield "is attached to no task or sub-process beside it"


def _error(definition: Element) -> Iterator[str]:
    event, wanted = definition.getparent(), definition.get("errorRef")
    codes = _codes(definition)
    if wanted is not None and not codes.get(wanted):
        yield "unknown errorRef"
    elif _kind(event) == "boundaryEvent":
        code = codes.get(wanted)
        caught = _caught(event.getparent(), event.get("attachedToRef"))
        if caught.count(code) > 1:
            yield f"{code or 'any error'} is caught twice on the same border"


def _duration(definition: Element) -> Iterator[str]:
    if {_kind(child) for child in definition} != {"timeDuration"}:
        yield "duration: a timer has one, and nothing else"
    else:
        yield from _faults(seconds_of, definition.findtext(f"{BPMN}timeDuration") or "")


def _gateway(gateway: Element) -> Iterator[str]:
    ways = _ways(gateway, "sourceRef")
    default = [way for way in ways if way.get("id") == gateway.get("default")]
    unconditional = [way for way in ways if way.find(f"{BPMN}conditionExpression") is None]
    if not default or unconditional != default:
        yield "needs a default flow and a condition on every other"


def _ends(flow: Element) -> Iterator[str]:
    beside = {one.get("id") for kind in NODES for one in flow.getparent().findall(f"{BPMN}{kind}")}
    for end in ("sourceRef", "targetRef"):
        if flow.get(end) not in beside:
            yield f"its {end} is nothing beside it"


def _conditional(flow: Element) -> Iterator[str]:
    gateways = {one.get("id") for one in flow.getparent().findall(f"{BPMN}exclusiveGateway")}
    if flow.find(f"{BPMN}conditionExpression") is not None and flow.get("sourceRef") not in gateways:
        yield "has a condition, and only ways out of gateways have"


def _condition(expression: Element) -> Iterator[str]:
    if set(expression.attrib) - {_TYPE, "id"} or Condition.of(expression.text or "") is None:
        yield f"conditions of {expression.getparent().get('id')} are ${{name == 'text'}}"


def _one_way_out(node: Element) -> Iterator[str]:
    ways = len(_ways(node, "sourceRef"))
    if ways != 1:
        yield f"needs exactly one way out, has {ways}"


def _no_way_out(node: Element) -> Iterator[str]:
    if _ways(node, "sourceRef"):
        yield "is an end, and has a way out"


def _no_way_in(node: Element) -> Iterator[str]:
    if _ways(node, "targetRef"):
        yield "is where a way begins, and has a way in"


def _ways(node: Element, end: str) -> list[Element]:
    """The flows whose `end` is this node."""
    flows = node.getparent().iterchildren(f"{BPMN}sequenceFlow")
    return [flow for flow in flows if flow.get(end) == node.get("id")]


def _definitions(event: Element) -> list[Element]:
    return [child for child in event if _kind(child).endswith("EventDefinition")]


def _caught(scope: Element, id: str) -> list[str | None]:
    """The codes of the errors that are caught on the border of an element; None is any error."""
    codes = _codes(scope)
    events = [event for event in scope.findall(f"{BPMN}boundaryEvent") if event.get("attachedToRef") == id]
    definitions = [one for event in events for one in event.findall(f"{BPMN}errorEventDefinition")]
    wanted = [one.get("errorRef") for one in definitions]
    return [codes.get(error) for error in wanted if error is None or codes.get(error)]


def _codes(element: Element) -> dict[str | None, str]:
    root = element.getroottree().getroot()
    return {error.get("id"): error.get("errorCode") for error in root.iter(f"{BPMN}error")}


def _faults(read: Callable[[str], int], text: str, what: str = "") -> Iterator[str]:
    try:
        read(text)
    except ValueError as error:
        yield f"{what}{error}"


def _kind(element: Element) -> str:
    return str(element.tag).removeprefix(BPMN)


def _at(element: Element) -> str:
    return f"{_kind(element)} {element.get('id') or ''}".rstrip()
