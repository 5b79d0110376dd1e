"""Which delivered row of a key counts, over all months and deliveries of a source.

A key is (source, id). The newest version wins; a content already held is no news, however
late it comes again. The rows that lose are listed per month, so facts leave them out, and
each file's corrections and duplicates are counted for the accounting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.home import Home
from assets.lake import make_folder, place, read_json, sha256_file, sweep_folder, write_json
from assets.ledger import Delivery, Ledger
from assets.soundness import sound_chunks
from sql.run import connect, literal, quoted

# One row per delivered row of a contested key, in order of delivery, then its fate.
_FATES = """
create or replace temp table fates as
with delivered as (
    select *, min(sequence) over (partition by key, version, content) as first_sequence,
        row_number() over (partition by key, version, content order by sequence, file_row) as nth,
        row_number() over (partition by key order by sequence, file_row) as position,
        max(version) over (partition by key order by sequence, file_row
            rows between unbounded preceding and 1 preceding) as newest_before
    from contested
), ranked as (
    select *, row_number() over (partition by key
        order by version desc nulls last, first_sequence desc, sequence, file_row) as rank
    from delivered
)
select month, key, file_id, file_row, rows, rank = 1 as counts,
    case when position = 1 then 'new'
         when nth > 1 or version < newest_before then 'duplicate'
         else 'correction' end as fate
from ranked
"""


@dataclass(frozen=True)
class Resolved:
    """The standing answer for one source; `chunks` says for which chunks it holds."""

    chunks: tuple[str, ...]
    months: dict[str, dict[str, Any]]
    counts: dict[str, tuple[int, int]]

    def losers(self, month: str) -> str:
        """Digest of the rows of a month that do not count; empty where all do."""
        return str(self.months.get(month, {}).get("sha256", ""))


def resolved(home: Home, source: str) -> Resolved:
    """What was last resolved for a source."""
    raw = read_json(_record(home, source))
    if raw is None:
        return Resolved((), {}, {})
    counts = {file_id: (pair[0], pair[1]) for file_id, pair in raw["counts"].items()}
    return Resolved(tuple(raw["chunks"]), raw["months"], counts)


def losers_file(home: Home, source: str, state: Resolved, month: str) -> Path | None:
    entry = state.months.get(month)
    return home.keys / source / entry["file"] if entry else None


def live_chunks(deliveries: list[Delivery]) -> tuple[str, ...]:
    """The identity of the chunks of loaded deliveries, in order of delivery."""
    return tuple(f"{d.sequence}:{c.month}:{c.sha256}" for d in deliveries for c in d.chunks)


def resolve(
    home: Home, source: str, kind: str, key: str, columns: Iterable[str], ledger: Ledger
) -> None:
    """Bring a source's answer up to date with its loaded deliveries.

    `key` and `columns` are the contract's: the columns are what makes two rows the same.
    """
    deliveries = ledger.loaded(source)
    chunks = live_chunks(deliveries)
    before = resolved(home, source)
    if before.chunks == chunks:
        return
    sound_chunks(home, ledger, source)
    connection = connect(home.settings.timezone, temp=home.scratch / "keys")
    try:
        places = [
            (str(home.chunk(kind, source, c.file)), d.sequence, c.month)
            for d in deliveries
            for c in d.chunks
        ]
        months, counts = {}, {}
        if places and _contest(connection, key, sorted(columns), places):
            connection.execute(_FATES)
            months, counts = _lost(home, connection, source), _counts(connection)
    finally:
        connection.close()
    content = {"chunks": chunks, "months": months, "counts": counts}
    write_json(home, _record(home, source), content)
    for month, entry in before.months.items():
        if months.get(month) != entry:
            (home.keys / source / entry["file"]).unlink(missing_ok=True)


def sweep(home: Home, sources: Iterable[str]) -> None:
    """Remove what no standing answer names: of a killed run, or of a source that is no more."""
    known = set(sources)
    for record in home.keys.glob("*.json"):
        if record.stem not in known:
            record.unlink()
    for folder in (path for path in home.keys.glob("*") if path.is_dir()):
        months = resolved(home, folder.name).months
        sweep_folder(folder, {entry["file"] for entry in months.values()})


def _contest(
    connection: Any, key: str, columns: list[str], places: list[tuple[str, int, str]]
) -> bool:
    """Gather the rows of keys delivered more than once; false where there are none."""
    files = f"read_parquet([{', '.join(literal(p) for p, *_ in places)}], filename = true)"
    # Keys are compared by hash first: ten million ids as numbers fit in memory, as text not.
    connection.execute(
        f"create temp table twice as select hash({quoted(key)}) as h "
        f"from {files} group by h having count(*) > 1"
    )
    if not connection.execute("select count(*) from twice").fetchall()[0][0]:
        return False
    connection.execute("create temp table places (filename text, sequence integer, month text)")
    connection.executemany("insert into places values (?, ?, ?)", places)
    content = ", ".join(quoted(column) for column in columns)
    connection.execute(
        f"create temp table contested as select {quoted(key)} as key, _version as version, "
        f"md5(cast(row({content}) as text)) as content, file_id, _row as file_row, "
        f"_rows as rows, sequence, month from {files} "
        f"semi join twice on hash({quoted(key)}) = h join places using (filename)"
    )
    return True


def _lost(home: Home, connection: Any, source: str) -> dict[str, dict[str, Any]]:
    months = connection.execute(
        "select month, count(*) from fates where not counts group by month order by month"
    ).fetchall()
    found: dict[str, dict[str, Any]] = {}
    for month, rows in months:
        folder = home.keys / source
        scratch = make_folder(home.scratch) / f"losers-{source}-{month}"
        connection.execute(
            "copy (select key, file_id, file_row from fates where not counts and month = "
            f"{literal(month)} order by file_id, file_row, key) to {literal(scratch)} "
            "(format parquet, compression zstd)"
        )
        sha256 = sha256_file(scratch)
        name = f"{month}.{sha256[:12]}.parquet"
        place(scratch, folder / name)
        found[month] = {"file": name, "sha256": sha256, "rows": rows}
    return found


def _counts(connection: Any) -> dict[str, tuple[int, int]]:
    rows = connection.execute(
        "select file_id, coalesce(sum(rows) filter (fate = 'correction'), 0), "
        "coalesce(sum(rows) filter (fate = 'duplicate'), 0) from fates group by file_id"
    ).fetchall()
    return {file_id: (int(c), int(d)) for file_id, c, d in sorted(rows)}


def _record(home: Home, source: str) -> Path:
    return home.keys / f"{source}.json"
