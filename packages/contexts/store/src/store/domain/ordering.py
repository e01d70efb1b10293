"""How entries are put in order, and where a page ends."""

from decimal import Decimal, InvalidOperation

from store.domain.entry import Entry
from store.domain.search import By, Place, Search
from store.domain.words import MOST_WORDS, folded, relevance

MOST_SORTED = 100
"""Letters of a name that it is sorted by, so that a cursor, which has them, is short in every script."""

Sortable = str | int | Decimal


def sort_value(entry: Entry, wanted: Search) -> Sortable:
    """What an entry is sorted by. With an order by price the search has a currency that it is sold in."""
    match wanted.by:
        case By.RELEVANCE:
            return relevance(wanted.words, entry)
        case By.PRICE:
            return entry.from_amounts[wanted.currency or ""]
        case By.PUBLISHED:
            return entry.published_at.isoformat()
    return folded(entry.name)[:MOST_SORTED]


def place_of(entry: Entry, wanted: Search) -> Place:
    """Where a page ends with this entry."""
    value = sort_value(entry, wanted)
    return Place(value=f"{value:f}" if isinstance(value, Decimal) else str(value), id=str(entry.id))


def value_at(place: Place, by: By) -> Sortable:
    """The sorted value of a place. Raises ValueError for a place of another order, or of none."""
    f"{place.value}{place.id}".encode()  # a text with half a character is refused by every store
    match by:
        case By.RELEVANCE:
            return _score(place.value)
        case By.PRICE:
            return _amount(place.value)
    return place.value


def _score(text: str) -> int:
    score = int(text)
    if not 0 <= score <= MOST_WORDS:
        raise ValueError(f"{score} words were never asked for")
    return score


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not amount.is_finite():
        raise ValueError("not an amount")
    return amount
