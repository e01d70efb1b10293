"""One module per server: how it is fetched and started, when it is ready, what it needs once it serves."""

from collections.abc import Sequence
from typing import Protocol

from platform_app.processes import Program


class Say(Protocol):
    """Tell the person at the terminal what goes on; `done` of `total` (any unit) draws a bar."""

    def __call__(self, text: str, *, done: float | None = None, total: float | None = None) -> None: ...


class Server(Protocol):
    """A server of a stack. Every method may be called again at any time and then finds its work done."""

    @property
    def name(self) -> str:
        """What the person calls it: "PostgreSQL", "Keycloak"."""

    def to_fetch(self) -> int:
        """About how many bytes `provision` will add to the cache; 0 when all of it is there."""

    def provision(self, say: Say) -> None:
        """Bring its binaries into the cache and its data folder into shape.

        Raises:
            Trouble: when something it needs is not there, naming how to get it.
        """

    def programs(self) -> Sequence[Program]:
        """The processes to run, in the order to start them."""

    def settle(self, say: Say) -> None:
        """Do what can only be done once it serves: databases, users, permissions."""
