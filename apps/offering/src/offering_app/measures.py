"""What is measured of publications: how long they took and how they ended, and how many go on."""

from collections.abc import Iterable

from sqlalchemy import text

from kernel.metrics import Gauge, Metrics, Reading
from kernel.sql import Database
from offering.domain import Progress, Publication

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 3600.0)
"""Seconds: most take less than one; the diagram's timer gives up after two minutes."""
GOING = Gauge("catalog.publications", "{publication}", "Publications that go on, by how they do.")
_GOING = text("""
    select
        count(*) filter (where status = 'REQUESTED' and not waiting) as requested,
        count(*) filter (where status = 'REQUESTED' and waiting) as waiting,
        count(*) filter (where status = 'RUNNING') as running,
        count(*) filter (where status = 'STUCK') as stuck
    from publication where status in ('REQUESTED', 'RUNNING', 'STUCK')
""")


class Ends:
    """Measures the publications that end in this process."""

    def __init__(self, metrics: Metrics) -> None:
        self._durations = metrics.durations(
            "catalog.publication.duration", "Seconds from the request of a publication to its end.", BOUNDS
        )

    def note(self, publication: Publication) -> None:
        """One has ended just now. `code` is that of its cause, "" when it has succeeded."""
        if publication.ended_at is None:
            raise ValueError(f"the publication {publication.id} goes on still")
        if publication.status is Progress.PUBLISHED:
            outcome = "published"
        else:
            outcome = "cancelled" if publication.cancelled else "rejected"
        code = publication.cause.code if publication.cause else ""
        took = (publication.ended_at - publication.requested_at).total_seconds()
        self._durations.record(max(0.0, took), {"outcome": outcome, "code": code})  # clocks may differ


class Going:
    """Counts those that go on, in all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def measured(self) -> Iterable[Reading]:
        """How many are to begin, wait for others to end, run, or wait for an operator. Raises Unavailable."""
        async with self._database.begin() as connection:
            row = (await connection.execute(_GOING)).one()
        return [(GOING, count, {"state": state}) for state, count in row._mapping.items()]
