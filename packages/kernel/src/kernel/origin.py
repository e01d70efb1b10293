"""Where the present work comes from: it follows a request or a message through everything done for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Origin:
    """`correlation_id` names the whole conversation, `causation_id` the message that this answers, or ""."""

    correlation_id: str = ""
    causation_id: str = ""


_NONE = Origin()
_PRESENT: ContextVar[Origin] = ContextVar("origin", default=_NONE)


def present_origin() -> Origin:
    """The origin of what is being done now; empty outside of requests and messages."""
    return _PRESENT.get()


@contextmanager
def originating(origin: Origin) -> Iterator[None]:
    """Do the block on behalf of `origin`."""
    before = _PRESENT.set(origin)
    try:
        yield
    finally:
        _PRESENT.reset(before)
