"""How a row of the event log becomes the envelope that is published."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from kernel.messaging import Envelope

LOGGED = (
    "log.seq, log.event_id, log.aggregate_type, log.aggregate_id, log.aggregate_version, log.type, "
    "cast(log.payload as text) as payload, cast(log.headers as text) as headers, log.occurred_at"
)
"""The columns of the table `event_log log` that `envelope_of` reads."""


def envelope_of(row: Mapping[str, Any]) -> Envelope:
    """The envelope of an event."""
    kind, id, type = row["aggregate_type"], row["aggregate_id"], row["type"]
    return Envelope(
        id=row["event_id"],
        type=type,
        source=f"/{kind}",
        subject=str(id),
        time=row["occurred_at"],
        aggregateid=id,
        aggregateversion=row["aggregate_version"],
        dataschema=f"/schemas/{type}",
        data=from_json(row["payload"]),
        **from_json(row["headers"]),
    )
