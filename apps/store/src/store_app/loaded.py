"""The store in memory while the app runs: it begins with what the event logs say."""

from contextlib import AbstractAsyncContextManager
from typing import Self

from kernel.logging import get_logger
from store.use_cases.load import LoadCopies

_log = get_logger(__name__)


class Loaded(AbstractAsyncContextManager["Loaded"]):
    """Loads on the way in. Raises Unavailable, and the app does not start, when a log cannot be read."""

    def __init__(self, load: LoadCopies) -> None:
        self._load = load

    async def __aenter__(self) -> Self:
        _log.info("store.loaded", aggregates=await self._load())
        return self

    async def __aexit__(self, *_: object) -> None:
        return None
