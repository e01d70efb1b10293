"""How far instances are, for people. It holds nothing and waits for nobody."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.bpmn import Diagram, Visit
from kernel.engine.diagrams import Diagrams
from kernel.process import Activity, Incident, Instance, State

MOST_INCIDENTS = 1000

_LOOK = text("""
    select key, version, state, cast(body -> 'visits' as text) as visits, activity, error,
    body -> 'variables' ->> 'errorCode' as error_code, body -> 'variables' ->> 'errorMessage' as error_message
    from instance left join task on task.instance = instance.id and task.retries = 0
    where key = :process and business_key = :business_key order by task.created_at
""")
_INCIDENTS = text("""
    select business_key, activity, error from task join instance on instance.id = task.instance
    where retries = 0 and key = :process order by created_at limit :most
""")


async def look(
    connection: AsyncConnection, diagrams: Diagrams, process: str, business_key: str
) -> Instance | None:
    """See `Engine`."""
    named = {"process": process, "business_key": business_key}
    rows = (await connection.execute(_LOOK, named)).all()
    if not rows:
        return None
    diagram = await diagrams.get(connection, rows[0].key, rows[0].version)
    return Instance(
        business_key=business_key,
        state=State(rows[0].state),
        activities=[_activity(diagram, Visit(*one)) for one in json.loads(rows[0].visits).values()],
        incidents=[_incident(business_key, row.activity, row.error) for row in rows if row.activity],
        error_code=rows[0].error_code,
        error_message=rows[0].error_message,
    )


async def incidents(connection: AsyncConnection, process: str) -> Sequence[Incident]:
    """See `Engine`: those that have waited for longest come first."""
    rows = await connection.execute(_INCIDENTS, {"process": process, "most": MOST_INCIDENTS})
    return [_incident(row.business_key, row.activity, row.error) for row in rows]


def _activity(diagram: Diagram, visit: Visit) -> Activity:
    return Activity(
        id=visit.node,
        kind=diagram.nodes[visit.node].kind,
        state=cast(Literal["active", "completed", "canceled"], visit.state),
        started_at=datetime.fromtimestamp(visit.started, UTC),
        ended_at=None if visit.ended is None else datetime.fromtimestamp(visit.ended, UTC),
        failures=visit.failures,
        problem=visit.problem,
    )


def _incident(business_key: str, activity: str, message: str | None) -> Incident:
    return Incident(business_key=business_key, activity=activity, message=message or "")
