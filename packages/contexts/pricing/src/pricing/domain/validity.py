"""From when until when a price is valid."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pricing.domain.written import WrittenMoment

EARLIEST, LATEST = 1900, 9998
"""Years: in all others a moment could not be expressed in every time zone."""


@dataclass(frozen=True, kw_only=True)
class Validity:
    """The period [from, to) in UTC: its first moment is in it, its end is not. None leaves a side open."""

    from_: WrittenMoment | None = None
    to: WrittenMoment | None = None

    def tidied(self) -> "Validity":
        """The same in UTC; moments that cannot be are left as they are, for the rules to name."""
        return Validity(from_=_in_utc(self.from_), to=_in_utc(self.to))

    def covers(self, moment: datetime) -> bool:
        """Whether the price is valid at this moment."""
        return (self.from_ is None or self.from_ <= moment) and (self.to is None or moment < self.to)


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.utcoffset() is None or not EARLIEST <= moment.year <= LATEST:
        return moment
    return moment.astimezone(UTC)
