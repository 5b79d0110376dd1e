"""Facts that rest on other months, brought up to date: only what the new rows touch is looked at.

A header's `apart` names the column whose values never meet. So where rows only came, those of
the values they name are made anew and the other rows stay as they are; else all are made anew,
part by part for memory's sake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from assets.arrivals.sources import Source
from assets.building.plan import Plan
from assets.building.workbench import Workbench
from assets.home import Home
from assets.intake import keys
from assets.lake import is_sound, make_folder, place, sha256_file, trust
from assets.rulebook.headers import reads_of
from assets.stored import spans
from assets.stored.outputs import month_name
from assets.stored.soundness import sound_chunks
from assets.stored.spans import Prepared, Survey
from sql.header import Statement
from sql.run import execute, literal, parquet, quoted

# rows of exports that are looked at together
_PART_ROWS = 4_000_000
_ROWS = "memory.main.surveyed"
_TOUCHED = "memory.main.touched"
Chunks = Mapping[str, Sequence[str]]  # by source


def survey_spans(plan: Plan) -> None:
    """Bring the facts up to date whose rows rest on what has changed."""
    todo = _unsurveyed(plan)
    if not todo:
        return
    with Workbench(plan) as bench:
        for rule in todo:
            survey(bench, rule)


def spans_current(plan: Plan) -> bool:
    """Whether the judge knows the months of every such fact."""
    return not _unsurveyed(plan)


def _unsurveyed(plan: Plan) -> list[Statement]:
    return [
        rule for rule in plan.rules.spanning
        if not spans.is_current(plan.home, rule.name, plan.fingerprints.span_inputs(rule))
    ]  # fmt: skip


def survey(bench: Workbench, rule: Statement) -> None:
    """Make the files of a fact's months, and the record of what they stand for."""
    plan, home = bench.plan, bench.home
    inputs, basis = plan.fingerprints.span_inputs(rule), plan.fingerprints.span_basis(rule)
    chunks = {s.name: list(keys.live_chunks(plan.ledger, s.name)) for s in _sources(plan, rule)}
    before = _sound(home, rule, basis)
    came = _came(before.chunks, chunks) if before else None
    if before is None or came is None:
        months = _whole(bench, rule)
    else:
        months = _patched(bench, rule, before, came)
    spans.keep(home, rule.name, Survey(inputs, basis, chunks, months))


def _sources(plan: Plan, rule: Statement) -> list[Source]:
    """The sources of the exports that a fact is made of."""
    return [source for kind in reads_of(rule, "raw") for source in plan.sources_of(kind)]


def _sound(home: Home, rule: Statement, basis: str) -> Survey | None:
    """What stands by these rules, if the disk has kept its files."""
    found = spans.last_survey(home, rule.name)
    if found is None or found.basis != basis:
        return None
    kept = all(is_sound(spans.file(home, rule.name, p), p.sha256) for p in found.months.values())
    return found if kept else None


def _came(before: Chunks, now: Chunks) -> dict[str, set[str]] | None:
    """The chunks that only came, by source; None where that is not all that happened."""
    if any(not {*known} <= {*now.get(source, ())} for source, known in before.items()):
        return None
    came = {source: {*known}.difference(before.get(source, ())) for source, known in now.items()}
    return {source: new for source, new in came.items() if new}


def _whole(bench: Workbench, rule: Statement) -> dict[str, Prepared]:
    """Every month anew."""
    parts = _parts(bench.plan, rule)
    with _table(bench, on_disk=len(parts) > 1) as table:
        made = f"create or replace table {table} as"
        for part in parts:
            bench.lay_out(rule.listed("reads"), None, only=part)
            execute(bench.connection, rule, f"{made} {rule.body}")
            made = f"insert into {table}"
        rows = f"from {table}"
        return {month: _written(bench, rule, month, rows) for month in _months(bench, rows)}


@contextmanager
def _table(bench: Workbench, *, on_disk: bool) -> Iterator[str]:
    """The name of a table for all rows: in memory, or in a file, which takes a sixth of the room.

    What does not fit would be spilled as it stands in memory, and read again for every month.
    """
    if not on_disk:
        yield _ROWS
        bench.connection.execute(f"drop table {_ROWS}")
        return
    file = make_folder(bench.home.scratch) / "surveyed.duckdb"
    bench.connection.execute(f"attach {literal(file)} as surveyed")
    try:
        yield "surveyed.main.rows"
    finally:
        bench.connection.execute("detach surveyed")
        file.unlink()


def _parts(plan: Plan, rule: Statement) -> list[str]:
    """What to look at together: all of it, or a share of the values that never meet."""
    rows = sum(d.accepted for s in _sources(plan, rule) for d in plan.ledger.loaded(s.name))
    count = 1 + rows // _PART_ROWS
    apart = quoted(rule.header["apart"])
    parts = [f"where hash({apart}) % {count} = {number}" for number in range(count)]
    return parts if count > 1 else [""]


def _patched(
    bench: Workbench, rule: Statement, before: Survey, came: dict[str, set[str]]
) -> dict[str, Prepared]:
    """The months as they were but for the rows of the values that the new rows name."""
    apart, found = quoted(rule.header["apart"]), dict(before.months)
    named = " union ".join(_named(bench.plan, rule, came)) or f"select null as {apart} where false"
    bench.connection.execute(f"create or replace table {_TOUCHED} as {named}")
    only = f"semi join {_TOUCHED} using ({apart})"
    bench.lay_out(rule.listed("reads"), None, only=only, among=_holding(bench, rule, only))
    execute(bench.connection, rule, f"create or replace table {_ROWS} as {rule.body}")
    files = {month: spans.file(bench.home, rule.name, known) for month, known in found.items()}
    touched = f"select month from {_ROWS}"
    if files:
        touched += f" union all select month from {parquet(files.values())} {only}"
    for month in _months(bench, touched):
        rows = f"from {_ROWS}"
        if month in files:
            rows = (
                f"select * from read_parquet({literal(files[month])}) "
                f"anti join {_TOUCHED} using ({apart}) union all by name {rows}"
            )
        found[month] = _written(bench, rule, month, rows)
    for table in (_ROWS, _TOUCHED):
        bench.connection.execute(f"drop table {table}")
    return {month: known for month, known in found.items() if known.rows}


def _holding(bench: Workbench, rule: Statement, only: str) -> frozenset[Path]:
    """The chunks in which there is a touched value, mostly those of a month or two.

    To look for them costs one column; all columns of the others need not be read.
    """
    plan = bench.plan
    sound = (sound_chunks(plan.home, plan.ledger, s.name) for s in _sources(plan, rule))
    if not (chunks := [*chain.from_iterable(sound)]):
        return frozenset()
    found = bench.connection.execute(
        f"select distinct filename from {parquet(chunks, ', filename = true')} {only}"
    ).fetchall()
    return frozenset(Path(name) for (name,) in found)


def _named(plan: Plan, rule: Statement, came: dict[str, set[str]]) -> Iterator[str]:
    """The values that new rows name, and those of rows that a new row of their key replaces."""
    from schemas.contract import contract

    apart = quoted(rule.header["apart"])
    for source in (s for s in _sources(plan, rule) if s.name in came):
        new = [
            plan.home.chunk(source.kind, source.name, c.file)
            for d, c in plan.ledger.chunks(source.name)
            if keys.identity(d, c) in came[source.name]
        ]
        yield f"select {apart} from {parquet(new)}"
        key = quoted(contract(source.kind).key)
        if key != apart:
            held = sound_chunks(plan.home, plan.ledger, source.name)
            yield (
                f"select {apart} from {parquet(held)} "
                f"where {key} in (select {key} from {parquet(new)})"
            )


def _months(bench: Workbench, rows: str) -> list[str]:
    found = bench.connection.execute(f"select distinct month from ({rows}) order by 1").fetchall()
    return [month_name(month) for (month,) in found]


def _written(bench: Workbench, rule: Statement, month: str, rows: str) -> Prepared:
    """A month's rows in their file, ordered by a total key, so bytes repeat."""
    body = (
        f"select * from ({rows}) where month = date '{month}-01' "
        f"order by {rule.header.get('order') or rule.header['key']}"
    )
    # or the file would say of a column that it has no nulls where no other month has one
    bench.connection.execute("set disabled_optimizers = 'statistics_propagation'")
    scratch, count = bench.write(rule, f"fact.{rule.name}", f"{rule.name}-{month}", body)
    bench.connection.execute("reset disabled_optimizers")
    sha256 = sha256_file(scratch)
    prepared = Prepared(f"{month}.{sha256[:12]}.parquet", sha256, count)
    file = spans.file(bench.home, rule.name, prepared)
    place(scratch, file)
    trust(file, sha256)
    return prepared
