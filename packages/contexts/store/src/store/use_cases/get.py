"""A shopper looks at one offering, or its publisher looks whether it has arrived."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kernel.domain import now
from kernel.errors import Conflict, NotFound
from store.domain.entry import Entry
from store.ports import Catalogue

PATIENCE = 2.0
"""Seconds that a reader who has written waits for what they wrote."""
_SHORTEST, _LONGEST = 0.02, 0.2
"""Seconds between two looks: more and more of them, because anybody may ask for what never comes."""


@dataclass(frozen=True)
class GetEntry:
    """Tell an entry by the key of its offering."""

    catalogue: Catalogue
    clock: Callable[[], datetime] = now
    patience: float = PATIENCE

    async def __call__(self, key: str, min_version: int = 0) -> Entry:
        """The entry, in `min_version` of its offering or a later one.

        Raises:
            NotFound: when it is not for sale now, nor within two seconds when a version is asked for.
            Conflict: when it is, and that version has not arrived in two seconds (`behind`).
        """
        entry = await self._at_least(key, min_version)
        if entry is None or not entry.on_sale(self.clock()):
            raise NotFound(f"Nothing with the key {key} is for sale.")
        return entry

    async def _at_least(self, key: str, version: int) -> Entry | None:
        """The entry at this version or a later one; None when there is none at all, after a while."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + self.patience, _SHORTEST
        while True:
            entry = await self.catalogue.find(key)
            if version <= (0 if entry is None else entry.version):
                return entry
            if loop.time() + pause > until:
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST)
        if entry is None:
            return None
        said = f"Version {version} of {key} has not arrived here yet; please try again soon."
        raise Conflict(said, code="behind")
