"""Every diagram that could mean two things is refused, and says at which element why."""

from pathlib import Path

import pytest

from kernel.bpmn import LARGEST, read
from kernel.errors import Invalid

GOOD = (Path(__file__).parents[3] / "bpmn" / "publish_offering.bpmn").read_text()


def problems(xml: str | bytes) -> list[str]:
    """What is said of a diagram that is refused."""
    with pytest.raises(Invalid, match=r"^This diagram cannot run: ") as refused:
        read(xml if isinstance(xml, bytes) else xml.encode())
    assert {(problem.code, problem.pointer) for problem in refused.value.problems} == {("diagram", "")}
    said = [problem.message for problem in refused.value.problems]
    assert refused.value.message == f"This diagram cannot run: {'; '.join(said)}"
    return said


def changed(*changes: tuple[str, str], times: int = -1) -> str:
    """The good diagram with something else in the place of these."""
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, times)
    return text


def without(start: str, end: str) -> str:
    """The good diagram without the part from `start` to `end`."""
    begin = GOOD.index(start)
    return GOOD[:begin] + GOOD[GOOD.index(end, begin) + len(end) :]


TASK = "</bpmn:serviceTask>"
GATEWAY = """
<bpmn:exclusiveGateway id="choice" default="to_published"/>
<bpmn:sequenceFlow id="to_published" sourceRef="choice" targetRef="published">{default}</bpmn:sequenceFlow>
<bpmn:sequenceFlow id="to_reject" sourceRef="choice" targetRef="{target}">{other}</bpmn:sequenceFlow>
"""
IF = "<bpmn:conditionExpression{how}>{text}</bpmn:conditionExpression>"
LATE = IF.format(how="", text="${late == 'yes'}")


def with_gateway(*, default: str = "", other: str = LATE, target: str = "reject") -> str:
    """The good diagram with a choice between `confirm` and its end."""
    gateway = GATEWAY.format(default=default, other=other, target=target)
    return changed(
        ('sourceRef="confirm" targetRef="published"', 'sourceRef="confirm" targetRef="choice"'),
        ("  </bpmn:process>", f"{gateway}  </bpmn:process>"),
    )


def test_the_diagram_of_the_platform_is_in_the_subset() -> None:
    assert read(GOOD.encode()).key == "publish-offering"
    assert "choice" in read(with_gateway().encode()).nodes


ONE = {
    "a sub-process without a catch-all": (
        without('<bpmn:boundaryEvent id="on_any_error"', "</bpmn:boundaryEvent>").replace(
            '<bpmn:sequenceFlow id="on_any_error_to_drop_entry" sourceRef="on_any_error" '
            'targetRef="drop_entry"/>',
            "",
        ),
        "subProcess forward: needs a catch-all error boundary event",
    ),
    "a duration that is an expression": (
        changed(("PT2M", "${timeout}")),
        "timerEventDefinition on_timeout_def: duration '${timeout}': write PnDTnHnMnS, more than no time",
    ),
    "a duration of no time": (
        changed(("PT2M", "PT0S")),
        "timerEventDefinition on_timeout_def: duration 'PT0S': write PnDTnHnMnS, more than no time",
    ),
    "a timer at a date": (
        changed(("timeDuration", "timeDate")),
        "timerEventDefinition on_timeout_def: duration: a timer has one, and nothing else",
    ),
    "a task without a topic": (
        changed((' camunda:topic="offering.confirm"', "")),
        "serviceTask confirm: needs camunda:type=external and a topic",
    ),
    "a task that is not external": (
        changed(
            ('camunda:type="external" camunda:topic="offering.confirm"', 'camunda:topic="offering.confirm"')
        ),
        "serviceTask confirm: needs camunda:type=external and a topic",
    ),
    "what Camunda alone knows": (
        changed(('id="confirm"', 'id="confirm" camunda:asyncBefore="true"')),
        "serviceTask confirm: camunda:asyncBefore is not in the subset",
    ),
    "a topic of what is no task": (
        changed(('<bpmn:subProcess id="forward"', '<bpmn:subProcess id="forward" camunda:topic="x"')),
        "subProcess forward: camunda:topic is not in the subset",
    ),
    "an event that does not interrupt": (
        changed(
            ('id="on_timeout" name', 'id="on_timeout" cancelActivity="false" name'),
        ),
        "boundaryEvent on_timeout: one interrupting error or timer",
    ),
    "an event on a border that waits for nothing": (
        without("<bpmn:timerEventDefinition", "</bpmn:timerEventDefinition>"),
        "boundaryEvent on_timeout: one interrupting error or timer",
    ),
    "an event on the border of nothing": (
        changed(('name="Took 2 minutes" attachedToRef="forward"', 'name="x" attachedToRef="lock_prices"')),
        "boundaryEvent on_timeout: is attached to no task or sub-process beside it",
    ),
    "an error that is not declared": (
        changed(('errorRef="error_price_missing"', 'errorRef="nope"')),
        "errorEventDefinition on_price_missing_def: unknown errorRef",
    ),
    "an error without a code": (
        changed((' errorCode="PRICE_MISSING"', "")),
        "errorEventDefinition on_price_missing_def: unknown errorRef",
    ),
    "an empty errorRef": (
        changed(('errorRef="error_price_missing"', 'errorRef=""')),
        "errorEventDefinition on_price_missing_def: unknown errorRef",
    ),
    "no time to live": (
        changed((' camunda:historyTimeToLive="P30D"', "")),
        "process publish-offering: needs camunda:historyTimeToLive",
    ),
    "a time to live in another unit": (
        changed(("P30D", "P1M")),
        "process publish-offering: historyTimeToLive 'P1M': write PnD",
    ),
    "a process that is not executable": (
        changed((' isExecutable="true"', "")),
        "process publish-offering: needs isExecutable=true",
    ),
    "an extension that does something": (
        changed(
            (TASK, f"<bpmn:extensionElements><camunda:inputOutput/></bpmn:extensionElements>{TASK}"), times=1
        ),
        "extensionElements: only camunda:properties as extension of lock_prices",
    ),
    "compensation": (
        changed(('id="confirm"', 'id="confirm" isForCompensation="true"')),
        "serviceTask confirm: compensation is not in the subset",
    ),
    "several instances": (
        changed((TASK, f'<bpmn:multiInstanceLoopCharacteristics id="all"/>{TASK}'), times=1),
        "multiInstanceLoopCharacteristics all: not in the subset",
    ),
    "a sub-process that an event starts": (
        changed(('<bpmn:subProcess id="forward"', '<bpmn:subProcess id="forward" triggeredByEvent="true"')),
        "subProcess forward: is started by an event: an embedded sub-process is not",
    ),
    "a start that waits for something": (
        changed(
            (
                'name="Begun">',
                'name="Begun"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1S'
                "</bpmn:timeDuration></bpmn:timerEventDefinition>",
            )
        ),
        "startEvent forward_started: plain events only",
    ),
    "an end that throws": (
        changed(
            (
                '<bpmn:endEvent id="forward_done" name="Done">',
                '<bpmn:endEvent id="forward_done"><bpmn:errorEventDefinition '
                'errorRef="error_price_missing"/>',
            )
        ),
        "endEvent forward_done: plain events only",
    ),
    "an end with a way out": (
        changed(
            (
                "  </bpmn:process>",
                '<bpmn:sequenceFlow id="f" sourceRef="published" targetRef="reject"/></bpmn:process>',
            )
        ),
        "endEvent published: is an end, and has a way out",
    ),
    "a way into a start": (
        changed(('sourceRef="confirm" targetRef="published"', 'sourceRef="confirm" targetRef="requested"')),
        "startEvent requested: is where a way begins, and has a way in",
    ),
    "two ways out of a task": (
        changed(
            (
                "  </bpmn:process>",
                '<bpmn:sequenceFlow id="f" sourceRef="reject" targetRef="published"/></bpmn:process>',
            )
        ),
        "serviceTask reject: needs exactly one way out, has 2",
    ),
    "a condition behind a task": (
        changed(
            (
                'sourceRef="confirm" targetRef="published"/>',
                f'sourceRef="confirm" targetRef="published">{LATE}</bpmn:sequenceFlow>',
            )
        ),
        "sequenceFlow confirm_to_published: has a condition, and only ways out of gateways have",
    ),
    "an error that is caught twice": (
        changed(('errorRef="error_price_expired"', 'errorRef="error_price_missing"')),
        "errorEventDefinition on_price_missing_def: PRICE_MISSING is caught twice on the same border",
    ),
    "a second catch-all": (
        changed((' errorRef="error_price_expired"', "")),
        "errorEventDefinition on_price_expired_def: any error is caught twice on the same border",
    ),
    "a default way with a condition": (
        with_gateway(default=LATE),
        "exclusiveGateway choice: needs a default flow and a condition on every other",
    ),
    "a way without a condition": (
        with_gateway(other=""),
        "exclusiveGateway choice: needs a default flow and a condition on every other",
    ),
    "a gateway without a default": (
        with_gateway().replace(' default="to_published"', ""),
        "exclusiveGateway choice: needs a default flow and a condition on every other",
    ),
    "a condition that is a program": (
        with_gateway(other=IF.format(how="", text="${late and price.total() > 3}")),
        "conditionExpression: conditions of to_reject are ${name == 'text'}",
    ),
    "a condition in a script": (
        with_gateway(other=IF.format(how=' language="groovy"', text="${late == 'yes'}")),
        "conditionExpression: conditions of to_reject are ${name == 'text'}",
    ),
    "a way round without a task": (
        with_gateway(target="choice"),
        "exclusiveGateway choice: a way leads round to it without any task",
    ),
    "an id that stands twice": (
        changed(
            (
                '<bpmn:error id="error_price_missing"',
                '<bpmn:error id="unused"/><bpmn:error id="unused"/><bpmn:error id="error_price_missing"',
            )
        ),
        "id unused twice",
    ),
    "an element without an id": (
        changed(('<bpmn:sequenceFlow id="confirm_to_published"', "<bpmn:sequenceFlow")),
        "sequenceFlow: has no id",
    ),
}


@pytest.mark.parametrize("what", ONE)
def test_it_is_refused_by_name(what: str) -> None:
    xml, said = ONE[what]
    found = problems(xml)
    assert said in found
    assert {one.split(":")[0] for one in found} <= {said.split(":")[0], *AT_THE_SAME.get(what, ())}


AT_THE_SAME = {
    "a timer at a date": ["timeDate"],
    "an error that is caught twice": ["errorEventDefinition on_price_expired_def"],
    "a second catch-all": ["errorEventDefinition on_any_error_def"],
    "several instances": ["multiInstanceLoopCharacteristics all"],
}
"""Other elements that are at fault, too."""


def test_an_element_outside_of_the_subset_is_refused_and_so_is_what_leads_to_it() -> None:
    found = problems(
        changed(('<bpmn:serviceTask id="confirm"', '<bpmn:userTask id="confirm"')).replace(
            "confirm_to_published</bpmn:outgoing>\n    </bpmn:serviceTask>",
            "confirm_to_published</bpmn:outgoing>\n    </bpmn:userTask>",
        )
    )
    assert found == [
        "userTask confirm: not in the subset",
        "sequenceFlow forward_to_confirm: its targetRef is nothing beside it",
        "sequenceFlow confirm_to_published: its sourceRef is nothing beside it",
    ]


def test_all_faults_are_told_at_once() -> None:
    assert problems(changed(("PT2M", "soon"), (' isExecutable="true"', ""))) == [
        "process publish-offering: needs isExecutable=true",
        "timerEventDefinition on_timeout_def: duration 'soon': write PnDTnHnMnS, more than no time",
    ]


def test_a_way_does_not_cross_the_border_of_a_sub_process() -> None:
    xml = changed(
        ('sourceRef="stage_entry" targetRef="forward_done"', 'sourceRef="stage_entry" targetRef="confirm"')
    )
    assert problems(xml) == ["sequenceFlow stage_entry_to_forward_done: its targetRef is nothing beside it"]


def test_a_scope_has_one_start() -> None:
    second = '<bpmn:startEvent id="too"/><bpmn:sequenceFlow id="f" sourceRef="too" targetRef="reject"/>'
    assert problems(changed(("  </bpmn:process>", f"{second}</bpmn:process>"))) == [
        "process publish-offering: needs exactly one start event, has 2"
    ]
    nothing = '<bpmn:subProcess id="idle"/></bpmn:process>'
    assert problems(changed(("</bpmn:process>", nothing))) == [
        "subProcess idle: needs exactly one start event, has 0",
        "subProcess idle: needs exactly one way out, has 0",
        "subProcess idle: needs a catch-all error boundary event",
    ]


def test_a_file_has_one_process() -> None:
    begin, end = GOOD.index("  <bpmn:process"), GOOD.index("</bpmn:process>") + len("</bpmn:process>")
    assert problems(GOOD[:begin] + GOOD[end:]) == ["it has 0 processes: one is what is run"]
    more = f'<bpmn:process id="more" isExecutable="true" camunda:historyTimeToLive="1"/>{GOOD[begin:end]}'
    assert problems(GOOD[:begin] + more + GOOD[end:])[0] == "it has 2 processes: one is what is run"


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (b"", "it is not XML: "),
        (b"<bpmn", "it is not XML: "),
        (b"<definitions/>", "it is not BPMN: its root is no definitions"),
        (b" " * (LARGEST + 1), f"it has more than {LARGEST} bytes"),
    ],
)
def test_what_is_no_diagram_is_refused(xml: bytes, said: str) -> None:
    (found,) = problems(xml)
    assert found.startswith(said)


def test_a_diagram_of_countless_elements_is_refused() -> None:
    ends = "".join(f'<bpmn:endEvent id="end{number}"/>' for number in range(200))
    assert problems(changed(("  </bpmn:process>", f"{ends}</bpmn:process>"))) == [
        "it has more than 200 elements"
    ]


def test_nothing_is_read_from_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("PT9M")
    entity = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    body = GOOD[GOOD.index("<bpmn:definitions") :]
    found = problems(entity + body.replace("PT2M", "&e;"))
    assert found == ["it has a document type: that is not in the subset"]
    assert problems(f"<!DOCTYPE d>{body}") == ["it has a document type: that is not in the subset"]


def test_entities_that_grow_are_refused() -> None:
    steps = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = GOOD[GOOD.index("<bpmn:definitions") :]
    (found,) = problems(f'<!DOCTYPE d [<!ENTITY e0 "PT1S">{steps}]>{body.replace("PT2M", "&e9;")}')
    assert found.startswith(("it has a document type", "it is not XML"))


def test_what_is_only_for_people_is_allowed() -> None:
    notes = "<bpmn:documentation>For people</bpmn:documentation><!-- and this --><?editor 1?>"
    notes += '<bpmn:extensionElements><camunda:properties><camunda:property name="a" value="b"/>'
    notes += "</camunda:properties></bpmn:extensionElements>"
    xml = changed((TASK, f"{notes}{TASK}"), ("PT2M", "PT<!-- two -->2M"))
    assert read(xml.encode()).timers == {"forward": 120}
