"""Entries that are passed on as they are written."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from store.domain.entry import Entry

W = TypeVar("W")


class WrittenEntries(Sequence[Entry], Generic[W]):
    """Entries whose JSON for shoppers is at hand in `texts`; one is read when somebody looks into it.

    Reading a page and writing it again takes longer than all else that is done for it.
    """

    def __init__(self, written: Sequence[W], text: Callable[[W], str], read: Callable[[W], Entry]) -> None:
        self._written = written
        self._text = text
        self._read = read

    @property
    def texts(self) -> Iterator[str]:
        """The JSON of each, as the view of an entry would write it."""
        return map(self._text, self._written)

    def __len__(self) -> int:
        return len(self._written)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return [self._read(one) for one in self._written[index]]
        return self._read(self._written[index])

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(list(self))

    __hash__ = None  # type: ignore[assignment]  # as lists have none
