"""A page of the documents in a table, whose columns are what they are filtered and sorted by."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from kernel.query import Filter, Page, Query

T = TypeVar("T")


async def page_of(
    connection: AsyncConnection, table: Table, query: Query, read: Callable[[str], T]
) -> Page[T]:
    """The part of the list that `query` asks for; its fields must be columns, and documents are in `body`."""
    columns = table.c
    conditions = [_holds(columns[one.field], one) for one in query.filters]
    total = await connection.scalar(select(func.count()).select_from(table).where(*conditions))
    order = [columns[one.field].desc() if one.descending else columns[one.field] for one in query.sort]
    found = await connection.scalars(
        select(cast(columns.body, Text))
        .where(*conditions)
        .order_by(*order, columns.id)
        .limit(query.size)
        .offset((query.page - 1) * query.size)
    )
    return Page.of([read(body) for body in found], total or 0, query)


def _holds(column: ColumnElement[object], condition: Filter) -> ColumnElement[bool]:
    if isinstance(column.type, Uuid):
        return column.in_([UUID(value) for value in condition.values])
    if not condition.contains:
        return column.in_(condition.values)
    return or_(*(column.icontains(value, autoescape=True) for value in condition.values))
