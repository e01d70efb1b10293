"""How often log-ins may be tried."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from kernel.errors import TooMany

_REMEMBERED = 10_000
"""Names (and addresses) remembered at most; the one idle for longest is forgotten first."""


@dataclass
class Allowance:
    """A number of tries per minute for each key, refilled steadily (a token bucket).

    `clock` is monotonic seconds.
    """

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)  # key -> (tries, when)

    def take(self, key: str) -> float:
        """Take one try; returns 0, or when there is none left the seconds until there is."""
        now = self.clock()
        tries = self._at(key, now)
        taken = tries >= 1
        self._keep(key, tries - 1 if taken else tries, now)
        return 0.0 if taken else (1 - tries) * 60 / self.per_minute

    def give_back(self, key: str) -> None:
        """Return a try that was no attempt at guessing."""
        now = self.clock()
        self._keep(key, min(self._at(key, now) + 1, self.per_minute), now)

    def _at(self, key: str, now: float) -> float:
        tries, then = self._left.get(key, (float(self.per_minute), now))
        return min(float(self.per_minute), tries + (now - then) * self.per_minute / 60)

    def _keep(self, key: str, tries: float, now: float) -> None:
        self._left[key] = (tries, now)
        self._left.move_to_end(key)
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)


@dataclass
class Attempts:
    """Log-ins per account and per address.

    A try is charged before the password is looked at, and given back when it was right, so that guesses in
    parallel do not slip through.
    """

    per_account: Allowance
    per_address: Allowance

    def charge(self, username: str, address: str) -> None:
        """Charge one try.

        Raises:
            TooMany: when the account or the address has none left.
        """
        by_address = self.per_address.take(_network(address))
        by_account = self.per_account.take(_account(username)) if not by_address else 0.0
        if wait := max(by_address, by_account):
            raise TooMany(
                "Too many tries to sign in; please wait a moment.", retry_after=wait, code="login_limited"
            )

    def give_back(self, username: str, address: str) -> None:
        """Return the try of a log-in that succeeded, or that nobody could judge."""
        self.per_account.give_back(_account(username))
        self.per_address.give_back(_network(address))


def _account(username: str) -> str:
    return username.strip().casefold()


def _network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the 64 bits of an IPv6 one that a customer is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped else address
