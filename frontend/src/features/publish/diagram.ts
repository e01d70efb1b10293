/** bpmn/publish_offering.bpmn as it is: written by diagram.test.ts. */
export const DIAGRAM = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="publish_offering_definitions" targetNamespace="urn:catalog:bpmn">
  <bpmn:error id="error_price_missing" name="Price missing" errorCode="PRICE_MISSING"/>
  <bpmn:error id="error_price_expired" name="Price expired" errorCode="PRICE_EXPIRED"/>
  <bpmn:error id="error_price_crowded" name="Price crowded" errorCode="PRICE_CROWDED"/>
  <bpmn:error id="error_specification_invalid" name="Specification invalid" errorCode="SPECIFICATION_INVALID"/>
  <bpmn:error id="error_entry_refused" name="Entry refused" errorCode="ENTRY_REFUSED"/>
  <bpmn:process id="publish-offering" name="Publish offering" isExecutable="true" camunda:historyTimeToLive="P30D">
    <bpmn:startEvent id="requested" name="Publication requested">
      <bpmn:outgoing>requested_to_forward</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:subProcess id="forward" name="Prepare and publish">
      <bpmn:incoming>requested_to_forward</bpmn:incoming>
      <bpmn:outgoing>forward_to_confirm</bpmn:outgoing>
      <bpmn:startEvent id="forward_started" name="Begun">
        <bpmn:outgoing>forward_started_to_lock_prices</bpmn:outgoing>
      </bpmn:startEvent>
      <bpmn:serviceTask id="lock_prices" name="Lock prices" camunda:type="external" camunda:topic="pricing.lock-prices">
        <bpmn:incoming>forward_started_to_lock_prices</bpmn:incoming>
        <bpmn:outgoing>lock_prices_to_validate</bpmn:outgoing>
      </bpmn:serviceTask>
      <bpmn:serviceTask id="validate" name="Validate spec" camunda:type="external" camunda:topic="specification.validate">
        <bpmn:incoming>lock_prices_to_validate</bpmn:incoming>
        <bpmn:outgoing>validate_to_stage_entry</bpmn:outgoing>
      </bpmn:serviceTask>
      <bpmn:serviceTask id="stage_entry" name="Stage store entry" camunda:type="external" camunda:topic="store.stage-entry">
        <bpmn:incoming>validate_to_stage_entry</bpmn:incoming>
        <bpmn:outgoing>stage_entry_to_forward_done</bpmn:outgoing>
      </bpmn:serviceTask>
      <bpmn:endEvent id="forward_done" name="Done">
        <bpmn:incoming>stage_entry_to_forward_done</bpmn:incoming>
      </bpmn:endEvent>
      <bpmn:sequenceFlow id="forward_started_to_lock_prices" sourceRef="forward_started" targetRef="lock_prices"/>
      <bpmn:sequenceFlow id="lock_prices_to_validate" sourceRef="lock_prices" targetRef="validate"/>
      <bpmn:sequenceFlow id="validate_to_stage_entry" sourceRef="validate" targetRef="stage_entry"/>
      <bpmn:sequenceFlow id="stage_entry_to_forward_done" sourceRef="stage_entry" targetRef="forward_done"/>
    </bpmn:subProcess>
    <bpmn:serviceTask id="confirm" name="Confirm offering" camunda:type="external" camunda:topic="offering.confirm">
      <bpmn:incoming>forward_to_confirm</bpmn:incoming>
      <bpmn:outgoing>confirm_to_published</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="published" name="Published">
      <bpmn:incoming>confirm_to_published</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:boundaryEvent id="on_price_missing" name="Price missing" attachedToRef="forward">
      <bpmn:outgoing>on_price_missing_to_drop_entry</bpmn:outgoing>
      <bpmn:errorEventDefinition id="on_price_missing_def" errorRef="error_price_missing" camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="on_price_expired" name="Price expired" attachedToRef="forward">
      <bpmn:outgoing>on_price_expired_to_drop_entry</bpmn:outgoing>
      <bpmn:errorEventDefinition id="on_price_expired_def" errorRef="error_price_expired" camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="on_price_crowded" name="Price crowded" attachedToRef="forward">
      <bpmn:outgoing>on_price_crowded_to_drop_entry</bpmn:outgoing>
      <bpmn:errorEventDefinition id="on_price_crowded_def" errorRef="error_price_crowded" camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="on_specification_invalid" name="Specification invalid" attachedToRef="forward">
      <bpmn:outgoing>on_specification_invalid_to_drop_entry</bpmn:outgoing>
      <bpmn:errorEventDefinition id="on_specification_invalid_def" errorRef="error_specification_invalid" camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="on_entry_refused" name="Entry refused" attachedToRef="forward">
      <bpmn:outgoing>on_entry_refused_to_drop_entry</bpmn:outgoing>
      <bpmn:errorEventDefinition id="on_entry_refused_def" errorRef="error_entry_refused" camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="on_any_error" name="Any other error" attachedToRef="forward">
      <bpmn:outgoing>on_any_error_to_drop_entry</bpmn:outgoing>
      <bpmn:errorEventDefinition id="on_any_error_def" camunda:errorCodeVariable="errorCode" camunda:errorMessageVariable="errorMessage"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="on_timeout" name="Took 2 minutes" attachedToRef="forward">
      <bpmn:outgoing>on_timeout_to_drop_entry</bpmn:outgoing>
      <bpmn:timerEventDefinition id="on_timeout_def"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT2M</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="drop_entry" name="Drop store entry" camunda:type="external" camunda:topic="store.drop-entry">
      <bpmn:incoming>on_price_missing_to_drop_entry</bpmn:incoming>
      <bpmn:incoming>on_price_expired_to_drop_entry</bpmn:incoming>
      <bpmn:incoming>on_price_crowded_to_drop_entry</bpmn:incoming>
      <bpmn:incoming>on_specification_invalid_to_drop_entry</bpmn:incoming>
      <bpmn:incoming>on_entry_refused_to_drop_entry</bpmn:incoming>
      <bpmn:incoming>on_any_error_to_drop_entry</bpmn:incoming>
      <bpmn:incoming>on_timeout_to_drop_entry</bpmn:incoming>
      <bpmn:outgoing>drop_entry_to_release_prices</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:serviceTask id="release_prices" name="Release prices" camunda:type="external" camunda:topic="pricing.release-prices">
      <bpmn:incoming>drop_entry_to_release_prices</bpmn:incoming>
      <bpmn:outgoing>release_prices_to_reject</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:serviceTask id="reject" name="Reject offering" camunda:type="external" camunda:topic="offering.reject">
      <bpmn:incoming>release_prices_to_reject</bpmn:incoming>
      <bpmn:outgoing>reject_to_rejected</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="rejected" name="Rejected">
      <bpmn:incoming>reject_to_rejected</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="requested_to_forward" sourceRef="requested" targetRef="forward"/>
    <bpmn:sequenceFlow id="forward_to_confirm" sourceRef="forward" targetRef="confirm"/>
    <bpmn:sequenceFlow id="confirm_to_published" sourceRef="confirm" targetRef="published"/>
    <bpmn:sequenceFlow id="on_price_missing_to_drop_entry" sourceRef="on_price_missing" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="on_price_expired_to_drop_entry" sourceRef="on_price_expired" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="on_price_crowded_to_drop_entry" sourceRef="on_price_crowded" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="on_specification_invalid_to_drop_entry" sourceRef="on_specification_invalid" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="on_entry_refused_to_drop_entry" sourceRef="on_entry_refused" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="on_any_error_to_drop_entry" sourceRef="on_any_error" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="on_timeout_to_drop_entry" sourceRef="on_timeout" targetRef="drop_entry"/>
    <bpmn:sequenceFlow id="drop_entry_to_release_prices" sourceRef="drop_entry" targetRef="release_prices"/>
    <bpmn:sequenceFlow id="release_prices_to_reject" sourceRef="release_prices" targetRef="reject"/>
    <bpmn:sequenceFlow id="reject_to_rejected" sourceRef="reject" targetRef="rejected"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="publish-offering">
      <bpmndi:BPMNShape id="requested_di" bpmnElement="requested"><dc:Bounds x="152" y="167" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="125" y="210" width="90" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="forward_di" bpmnElement="forward" isExpanded="true"><dc:Bounds x="240" y="100" width="740" height="190"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="forward_started_di" bpmnElement="forward_started"><dc:Bounds x="270" y="167" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="263" y="210" width="50" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="lock_prices_di" bpmnElement="lock_prices"><dc:Bounds x="350" y="145" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="validate_di" bpmnElement="validate"><dc:Bounds x="510" y="145" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="stage_entry_di" bpmnElement="stage_entry"><dc:Bounds x="670" y="145" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="forward_done_di" bpmnElement="forward_done"><dc:Bounds x="910" y="167" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="903" y="210" width="50" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="confirm_di" bpmnElement="confirm"><dc:Bounds x="1040" y="145" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="published_di" bpmnElement="published"><dc:Bounds x="1200" y="167" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="1184" y="210" width="68" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="drop_entry_di" bpmnElement="drop_entry"><dc:Bounds x="1032" y="400" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="release_prices_di" bpmnElement="release_prices"><dc:Bounds x="1192" y="400" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="reject_di" bpmnElement="reject"><dc:Bounds x="1352" y="400" width="100" height="80"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="rejected_di" bpmnElement="rejected"><dc:Bounds x="1512" y="422" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="1496" y="465" width="68" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_price_missing_di" bpmnElement="on_price_missing"><dc:Bounds x="262" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="286" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_price_expired_di" bpmnElement="on_price_expired"><dc:Bounds x="374" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="398" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_price_crowded_di" bpmnElement="on_price_crowded"><dc:Bounds x="486" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="510" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_specification_invalid_di" bpmnElement="on_specification_invalid"><dc:Bounds x="598" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="622" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_entry_refused_di" bpmnElement="on_entry_refused"><dc:Bounds x="710" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="734" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_any_error_di" bpmnElement="on_any_error"><dc:Bounds x="822" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="846" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="on_timeout_di" bpmnElement="on_timeout"><dc:Bounds x="934" y="272" width="36" height="36"/><bpmndi:BPMNLabel><dc:Bounds x="958" y="312" width="92" height="27"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="forward_started_to_lock_prices_di" bpmnElement="forward_started_to_lock_prices"><di:waypoint x="306" y="185"/><di:waypoint x="350" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="lock_prices_to_validate_di" bpmnElement="lock_prices_to_validate"><di:waypoint x="450" y="185"/><di:waypoint x="510" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="validate_to_stage_entry_di" bpmnElement="validate_to_stage_entry"><di:waypoint x="610" y="185"/><di:waypoint x="670" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="stage_entry_to_forward_done_di" bpmnElement="stage_entry_to_forward_done"><di:waypoint x="770" y="185"/><di:waypoint x="910" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="requested_to_forward_di" bpmnElement="requested_to_forward"><di:waypoint x="188" y="185"/><di:waypoint x="240" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="forward_to_confirm_di" bpmnElement="forward_to_confirm"><di:waypoint x="980" y="185"/><di:waypoint x="1040" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="confirm_to_published_di" bpmnElement="confirm_to_published"><di:waypoint x="1140" y="185"/><di:waypoint x="1200" y="185"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_price_missing_to_drop_entry_di" bpmnElement="on_price_missing_to_drop_entry"><di:waypoint x="280" y="308"/><di:waypoint x="280" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_price_expired_to_drop_entry_di" bpmnElement="on_price_expired_to_drop_entry"><di:waypoint x="392" y="308"/><di:waypoint x="392" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_price_crowded_to_drop_entry_di" bpmnElement="on_price_crowded_to_drop_entry"><di:waypoint x="504" y="308"/><di:waypoint x="504" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_specification_invalid_to_drop_entry_di" bpmnElement="on_specification_invalid_to_drop_entry"><di:waypoint x="616" y="308"/><di:waypoint x="616" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_entry_refused_to_drop_entry_di" bpmnElement="on_entry_refused_to_drop_entry"><di:waypoint x="728" y="308"/><di:waypoint x="728" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_any_error_to_drop_entry_di" bpmnElement="on_any_error_to_drop_entry"><di:waypoint x="840" y="308"/><di:waypoint x="840" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="on_timeout_to_drop_entry_di" bpmnElement="on_timeout_to_drop_entry"><di:waypoint x="952" y="308"/><di:waypoint x="952" y="440"/><di:waypoint x="1032" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="drop_entry_to_release_prices_di" bpmnElement="drop_entry_to_release_prices"><di:waypoint x="1132" y="440"/><di:waypoint x="1192" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="release_prices_to_reject_di" bpmnElement="release_prices_to_reject"><di:waypoint x="1292" y="440"/><di:waypoint x="1352" y="440"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="reject_to_rejected_di" bpmnElement="reject_to_rejected"><di:waypoint x="1452" y="440"/><di:waypoint x="1512" y="440"/></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`;
