"""The store hears what has become of something it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from store.domain.sources import Copy, Offering, Source
from store.ports import Copies, Staging


@dataclass(frozen=True)
class KeepCopy:
    """Keep the newest state; `wake` wakes whoever composes entries."""

    copies: Copies
    wake: Callable[[], None]

    async def __call__(self, heard: Source) -> None:
        """Keep it, unless something newer is known."""
        await self.copies.keep(Copy(source=heard))
        self.wake()


@dataclass(frozen=True)
class BuryCopy:
    """Remember that something is gone, so that an older event does not bring it back."""

    copies: Copies
    wake: Callable[[], None]

    async def __call__(self, heard: Source) -> None:
        """Bury it, unless something newer is known: a new one with the same id, say."""
        await self.copies.keep(Copy(source=heard, deleted=True))
        self.wake()


@dataclass(frozen=True)
class KeepOutcome:
    """A publication has ended: keep the offering as it is now, and what was staged for it is needless.

    What has gone live is shown as soon as it is kept; nothing waits for the tidying up.
    """

    copies: Copies
    wake: Callable[[], None]
    staging: Staging

    async def __call__(self, heard: Offering) -> None:
        """Keep it, unless something newer is known, and end its publication. Again, it changes nothing."""
        await KeepCopy(self.copies, self.wake)(heard)
        if heard.publication_id is not None:
            await self.staging.end(heard.publication_id)
