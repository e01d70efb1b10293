"""Whether an edition is what the event logs say."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from store.domain.compose import compose
from store.domain.entry import Entry
from store.domain.sources import Copy, Kind
from store.ports import Drift, Seen
from store_app.mongo.client import Documents
from store_app.mongo.documents import (
    COMPOSED,
    UNREADABLE,
    moment,
    read_copy,
    texts,
    version_of,
    written_copy,
    written_entry,
)
from store_app.mongo.refresh import Composing, Heard


async def of_copies(copies: Documents, logged: Sequence[Copy]) -> list[Drift]:
    """Which of these newest states are not kept as they should be."""
    found = await _found(copies, [copy.id for copy in logged])
    return [*_differing(logged, found)]


async def of_offerings(
    entries: Documents, composing: Composing, logged: Sequence[Copy], now: datetime
) -> list[Drift]:
    """Which of these newest states of offerings, or the entries made of them, are not as they should be.

    That an offering was deleted may be forgotten, as nothing shows it; an entry that is going to be composed
    anew is not judged.
    """
    found = await _found(entries, [copy.id for copy in logged])
    drifts = [*_differing([copy for copy in logged if not copy.deleted or copy.id in found], found)]
    known_wrong = {one.id for one in drifts}
    settled = {id: one for id, one in found.items() if id not in known_wrong and not _is_waiting(one, now)}
    heard = {id: one for id, document in settled.items() if (one := _heard(document)) is not None}
    known = await composing.known([one.copy for one in heard.values()])
    composed = {id for id, one in heard.items() if _is_composed_of(one, known, now)}
    wrong = [copy for copy in logged if copy.id in settled.keys() - composed]
    again = await _found(entries, [copy.id for copy in wrong]) if wrong else {}
    drifts += [
        _drift(copy, "changed")
        for copy in wrong
        if copy.id in again and _touched(again[copy.id]) == _touched(settled[copy.id])
    ]
    return drifts


async def seen(documents: Documents, ids: Collection[UUID], now: datetime) -> dict[UUID, Seen]:
    """How these are here; in few fields, as there are many."""
    query = documents.find({"_id": {"$in": texts(ids)}}, ["v", "touched", "stale", "recheck_at"])
    return {UUID(one["_id"]): _seen(one, now) async for one in query}


def _seen(document: Mapping[str, Any], now: datetime) -> Seen:
    touched = document.get("touched", 0)
    return Seen(version=version_of(document), touched=touched, waiting=_is_waiting(document, now))


async def _found(documents: Documents, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    found = await documents.find({"_id": {"$in": texts(ids)}}).to_list()
    return {UUID(one["_id"]): one for one in found}


def _differing(logged: Sequence[Copy], found: Mapping[UUID, Mapping[str, Any]]) -> Iterator[Drift]:
    """What is heard while the logs are read may be newer here than there: that is no drift."""
    for copy in logged:
        document = found.get(copy.id)
        if document is None:
            yield _drift(copy, "missing")
        elif version_of(document) < copy.version:
            yield _drift(copy, "stale")
        elif version_of(document) == copy.version and not _is_same(copy, document):
            yield _drift(copy, "changed")


def _is_same(copy: Copy, document: Mapping[str, Any]) -> bool:
    """Whether every field is as it would be written now, but when it was deleted."""
    wanted = written_copy(copy)
    wanted.pop("deleted_at", None)
    there = {name: document.get(name) for name in wanted}
    if there == wanted:
        return True
    try:  # the text of an older release lacks what has a default
        there["source"] = written_copy(read_copy(document))["source"]
    except UNREADABLE:
        return False
    return there == wanted


def _is_waiting(document: Mapping[str, Any], now: datetime) -> bool:
    return "stale" in document or str(document.get("recheck_at", "~")) <= moment(now)


def _heard(document: dict[str, Any]) -> Heard | None:
    try:
        return Heard(document, read_copy(document))
    except UNREADABLE:
        return None


def _is_composed_of(heard: Heard, known: Mapping[UUID, Copy], now: datetime) -> bool:
    try:
        there, entry = heard.entry, compose(heard.copy, known, now)
    except Exception:  # what cannot be composed was not composed of this
        return False
    fields = {} if entry is None else written_entry(_as_there(entry, there, known))
    return fields == {name: heard.document[name] for name in COMPOSED if name in heard.document}


def _as_there(entry: Entry, there: Entry | None, known: Mapping[UUID, Copy]) -> Entry:
    """An entry with what may differ in one that is right: since when it is visible, and older versions of
    prices, as of one that shows the same nothing is composed anew."""
    if there is None:
        return replace(entry, visible_at=None)
    old = {
        id: there.sources[id]
        for id, version in entry.sources.items()
        if id in known and known[id].source.of is Kind.PRICE and there.sources.get(id, version) < version
    }
    return replace(entry, visible_at=there.visible_at, sources={**entry.sources, **old})


def _touched(document: Mapping[str, Any]) -> object:
    return document.get("touched"), "stale" in document


def _drift(copy: Copy, what: Literal["missing", "stale", "changed"]) -> Drift:
    return Drift(of=copy.source.of, id=copy.id, what=what)
