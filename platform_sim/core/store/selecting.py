"""The SQL of questions that ask by equality: made once for each shape of a question."""

from functools import lru_cache
from typing import Any

from platform_sim.core.store.tables import Table


def column_of(table: Table, column: str) -> str:
    """The column's name; ValueError if the table has none of it."""
    if column not in table.types:
        raise ValueError(f"{table.name} has no column {column!r}")
    return column


Shape = tuple[tuple[str, int | None], ...]
"""Columns, each with how many values it may have: None for one, 0 or more for a list of them, -1 for NULL."""


def where_of(table: Table, where: dict[str, Any]) -> tuple[Shape, list[Any]]:
    """The shape of a condition, and the values that it compares with."""
    shape: list[tuple[str, int | None]] = []
    values: list[Any] = []
    for column, wanted in where.items():
        if wanted is None:
            shape.append((column_of(table, column), -1))
        elif isinstance(wanted, (tuple, list)):
            shape.append((column_of(table, column), len(wanted)))
            values.extend([table.value(column, item) for item in wanted])
        else:
            shape.append((column_of(table, column), None))
            values.append(table.value(column, wanted))
    return tuple(shape), values


def clause(shape: Shape) -> str:
    """The condition as SQL; nothing for none."""
    clauses = []
    for column, count in shape:
        if count is None:
            clauses.append(f'"{column}" = ?')
        elif count < 0:
            clauses.append(f'"{column}" IS NULL')
        else:
            clauses.append(f'"{column}" IN ({", ".join("?" * count)})')
    return " WHERE " + " AND ".join(clauses) if clauses else ""


@lru_cache(maxsize=1024)
def select_sql(
    table: Table,
    shape: Shape,
    order_by: str | None,
    desc: bool,
    limit: int | None,
    columns: tuple[str, ...] = (),
) -> str:
    """The same questions come again and again; their text is made once. `columns`: none means all."""
    listed = ", ".join(f'"{column_of(table, each)}"' for each in columns)
    select = f'SELECT {listed} FROM "{table.name}"' if columns else table.select
    order = f' ORDER BY "{column_of(table, order_by)}"' if order_by else " ORDER BY rowid"
    sql = f"{select}{clause(shape)}{order}{' DESC' if desc else ''}"
    return sql if limit is None else f"{sql} LIMIT {int(limit)}"
