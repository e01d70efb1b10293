"""From when until when something is valid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from kernel.errors import Problem
from kernel.written import WrittenMoment

EARLIEST, LATEST = 1970, 9998
"""Years: in all others a moment could not be expressed in every time zone."""


@dataclass(frozen=True, kw_only=True)
class Validity:
    """The period [from, to) in UTC: its first moment is in it, its end is not. None leaves a side open.

    JSON says `from` and `to`.
    """

    from_: WrittenMoment | None = None
    to: WrittenMoment | None = None

    def tidied(self) -> "Validity":
        """The same in UTC; moments that cannot be are left as they are, for the rules to name."""
        return Validity(from_=_in_utc(self.from_), to=_in_utc(self.to))

    def covers(self, moment: datetime) -> bool:
        """Whether it is valid at this moment."""
        return (self.from_ is None or self.from_ <= moment) and (self.to is None or moment < self.to)


def validity_faults(validity: Validity) -> Iterator[Problem]:
    """What is wrong with what is called `validFor`: each end in itself, and only then both together."""
    first, last = validity.from_, validity.to
    found = [*_moment_faults(first, "/validFor/from"), *_moment_faults(last, "/validFor/to")]
    yield from found
    if not found and first is not None and last is not None and first >= last:
        yield Problem("range", "The end of the validity is after its beginning.", "/validFor/to")


def _moment_faults(moment: datetime | None, pointer: str) -> Iterator[Problem]:
    if moment is None:
        return
    if moment.utcoffset() is None:
        said = "Say which time zone this is in, such as 2026-01-31T00:00:00Z or 2026-01-31T00:00:00+01:00."
        yield Problem("time_zone", said, pointer)
    elif not EARLIEST <= moment.year <= LATEST:
        yield Problem("range", f"Years from {EARLIEST} to {LATEST} are accepted here.", pointer)


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.utcoffset() is None or not EARLIEST <= moment.year <= LATEST:
        return moment
    return moment.astimezone(UTC)
