"""Whether an edition is what the event logs say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ValidationError

from store.domain.compose import compose
from store.domain.sources import Copy
from store.ports import Drift
from store_app.mongo.client import Documents
from store_app.mongo.documents import COMPOSED, moment, read_copy, texts, written_entry
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
    settled = {id: one for id, one in found.items() if id not in known_wrong and _is_settled(one, now)}
    heard = [Heard(one, read_copy(one)) for one in settled.values()]
    known = await composing.known([one.copy for one in heard])
    wrong = [one.copy for one in heard if not _is_composed_of(one, known, now)]
    again = await _found(entries, [copy.id for copy in wrong]) if wrong else {}
    drifts += [
        _drift(copy, "changed")
        for copy in wrong
        if copy.id in again and _touched(again[copy.id]) == _touched(settled[copy.id])
    ]
    return drifts


async def _found(documents: Documents, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    found = await documents.find({"_id": {"$in": texts(ids)}}).to_list()
    return {UUID(one["_id"]): one for one in found}


def _differing(logged: Sequence[Copy], found: Mapping[UUID, Mapping[str, Any]]) -> Iterator[Drift]:
    """What is heard while the logs are read may be newer here than there: that is no drift."""
    for copy in logged:
        document = found.get(copy.id)
        if document is None:
            yield _drift(copy, "missing")
        elif document["v"] < copy.version:
            yield _drift(copy, "stale")
        elif document["v"] == copy.version and not _is_same(copy, document):
            yield _drift(copy, "changed")


def _is_same(copy: Copy, document: Mapping[str, Any]) -> bool:
    try:
        return read_copy(document) == copy
    except ValidationError:
        return False


def _is_settled(document: Mapping[str, Any], now: datetime) -> bool:
    return "stale" not in document and document.get("recheck_at", "~") > moment(now)


def _is_composed_of(heard: Heard, known: Mapping[UUID, Copy], now: datetime) -> bool:
    try:
        there = heard.entry
    except ValidationError:
        return False
    entry = compose(heard.copy, known, now)
    fields = (
        {} if entry is None else written_entry(replace(entry, visible_at=there.visible_at if there else None))
    )
    return fields == {name: heard.document[name] for name in COMPOSED if name in heard.document}


def _touched(document: Mapping[str, Any]) -> object:
    return document.get("touched"), "stale" in document


def _drift(copy: Copy, what: Literal["missing", "stale", "changed"]) -> Drift:
    return Drift(of=copy.source.of, id=copy.id, what=what)
