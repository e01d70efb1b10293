"""The store hears what has become of something it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from store.domain.sources import Copy, Source
from store.ports import Copies


@dataclass(frozen=True)
class KeepCopy:
    """Keep the newest state; `ring` wakes whoever composes entries."""

    copies: Copies
    ring: Callable[[], None]

    async def __call__(self, heard: Source) -> None:
        """Keep it, unless something newer is known."""
        await self.copies.keep(Copy(source=heard))
        self.ring()


@dataclass(frozen=True)
class BuryCopy:
    """Remember that something is gone, so that an older event does not bring it back."""

    copies: Copies
    ring: Callable[[], None]

    async def __call__(self, heard: Source) -> None:
        """Bury it, unless something newer is known: a new one with the same id, say."""
        await self.copies.keep(Copy(source=heard, deleted=True))
        self.ring()
