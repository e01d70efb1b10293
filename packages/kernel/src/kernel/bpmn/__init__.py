"""Diagrams of processes: the part of BPMN 2.0 that Camunda 7 and the embedded engine run alike.

A process with sub-processes in it, external service tasks, exclusive gateways, plain start and end events,
and interrupting error and timer events on the border of tasks and sub-processes. `read` refuses everything
else by name, so that no diagram means two things. What a diagram says, a `Run` does: it moves tokens and
knows of no database and no clock.
"""

from kernel.bpmn.diagram import Diagram, Handlers, Node
from kernel.bpmn.reading import LARGEST, read
from kernel.bpmn.run import Run, Visit

__all__ = ["LARGEST", "Diagram", "Handlers", "Node", "Run", "Visit", "read"]
