"""Where the present work comes from: it follows a request or a message through everything done for it."""

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


class originating:  # noqa: N801  # used as a function; as a generator it would cost every request 1 us more
    """Do the block on behalf of `origin`."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin

    def __enter__(self) -> None:
        self._before = _PRESENT.set(self._origin)

    def __exit__(self, *_: object) -> None:
        _PRESENT.reset(self._before)
