"""Camunda 7, and its fork Operaton, over their REST interface."""

from contextlib import AbstractAsyncContextManager
from typing import Any


class Camunda(AbstractAsyncContextManager[Any]):
    """See `kernel.process`. `url` is the address of the REST interface, with user and password in it."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aexit__(self, *_: object) -> None:
        return None
