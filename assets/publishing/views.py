"""What a version's database says beside its tables: views, and what everything in it means."""

from __future__ import annotations

from typing import Any

from assets.building.plan import Plan
from assets.dictionary import column_comment
from assets.publishing.content import table_comment
from sql.run import SqlError, execute, literal, quoted, table_name

_REMARKS = """
with relations as (
    select 'table' as kind, database_name, schema_name, table_name, comment from duckdb_tables()
    union all
    select 'view', database_name, schema_name, view_name, comment from duckdb_views()
)

select kind, schema_name || '.' || table_name, null, comment
from relations
where database_name = current_database()
union all
select relations.kind, schema_name || '.' || table_name, columns.column_name, columns.comment
from duckdb_columns() as columns
join relations using (database_name, schema_name, table_name)
where database_name = current_database()
"""


def create_views(plan: Plan, con: Any) -> None:
    """Create the rules' views in the database in use, each after those it names."""
    for name, view in _in_order(plan):
        execute(con, view, f"create view {table_name(name)} as {view.body}")


def _in_order(plan: Plan) -> list[tuple[str, Any]]:
    """Views after the views they name."""
    views = dict(plan.rules.views)
    done: list[tuple[str, Any]] = []
    while views:
        ready = [n for n, v in views.items() if not any(o != n and o in v.body for o in views)]
        if not ready:
            raise SqlError(f"sql/views: {', '.join(views)} name each other in a circle")
        done += [(name, views.pop(name)) for name in ready]
    return done


def write_comments(plan: Plan, con: Any, header: dict[str, Any]) -> None:
    """Say what relations and columns mean; a table that was taken over says most of it already."""
    sample = "SYNTHETIC SAMPLE DATA. " if header["is_sample"] else ""
    unsaid = []
    for kind, name, column, before in con.execute(_REMARKS).fetchall():
        if column:
            what = f"column {table_name(name)}.{quoted(column)}"
            said = column_comment(name, column)
        else:
            what, said = f"{kind} {table_name(name)}", sample + table_comment(plan, name)
        if said != before:
            unsaid.append(f"comment on {what} is {literal(said)};")
    # some hundreds: told one by one they take half as long again
    con.execute("\n".join(unsaid))
