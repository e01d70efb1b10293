"""Camunda 7, and its fork Operaton, over their REST interface."""

from kernel.camunda.engine import Camunda

__all__ = ["Camunda"]
