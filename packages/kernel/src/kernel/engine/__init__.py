"""Our own engine, for where all apps share a process: diagrams of the subset, on rows of Postgres."""

from kernel.engine.embedded import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
