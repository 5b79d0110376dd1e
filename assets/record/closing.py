"""Closing a period as published and opening it again, what closing forbids, and whether what was
closed is what was kept.

A revision is a folder of parquet under `record/` that never changes: the scorecard of the
period, the metrics of its months, and the explanation of both. Late data never reaches it.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from assets.database import open_database
from assets.home import Home, HomeError
from assets.lake import as_json, digest, make_folder, sha256_file, sync
from assets.periods import month_end, parse_month
from assets.record.decisions import CLOSED, REOPENED, Decision, decide, require_kept
from assets.record.revisions import (
    MONTHLY,
    Revision,
    month_names,
    quarter_names,
    revision_name,
    revisions,
    standing,
)
from assets.record.versions import Version, versions

# the tables of which a closed period keeps its own rows
FROZEN = ("kpi.cells", "kpi.composites", "kpi.realisations", "kpi.scorecard", "kpi.explain")
# values reported by hand, of which a closed period keeps its quarters' own
INPUTS = "kpi.inputs"


def close(home: Home, version: Version, year: int, period: str, reason: str,
          by: str | None = None) -> Revision:  # fmt: skip
    """Keep a period as the version publishes it; the caller holds the run lock.

    Raises HomeError where the period has not ended, is not published, or is closed already.
    """
    closed = {(r.year, r.period): r for r in standing(home)}
    if (year, period) in closed:
        raise HomeError(
            f"{year}-{period} is closed as revision {closed[year, period].number}; "
            f"kring reopen {year}-{period} --reason ... opens it"
        )
    number = 1 + sum((r.year, r.period) == (year, period) for r in revisions(home))
    content = _freeze(home, version, year, period, number)
    decide(home, CLOSED, version=version.id, reason=reason, by=by, year=year, period=period,
           revision=number, content=content)  # fmt: skip
    return standing(home)[-1]


def reopen(home: Home, version: Version, year: int, period: str, reason: str,
           by: str | None = None) -> Decision:  # fmt: skip
    """Let everything known into a period again; its revision stays readable.

    Raises HomeError where it is not closed, or a longer closed period holds its months.
    """
    closed = {(r.year, r.period): r for r in standing(home)}
    if (year, period) not in closed:
        raise HomeError(f"{year}-{period} is not closed; kring closings lists what is")
    mine = set(month_names(year, period))
    longer = [
        r.name.rpartition(".")[0]
        for r in standing(home)
        if r.year == year and mine < set(month_names(year, r.period))
    ]
    if longer:
        raise HomeError(
            f"{year}-{period} lies in {' and '.join(longer)}, which is closed too; "
            f"reopen {'that' if len(longer) == 1 else 'those'} first"
        )
    return decide(home, REOPENED, version=version.id, reason=reason, by=by, year=year,
                  period=period, revision=closed[year, period].number)  # fmt: skip


def _freeze(home: Home, version: Version, year: int, period: str, number: int) -> str:
    """Copy the period's rows out of the published version; in place before the log names them.

    Returns the digest of the revision's manifest, by which the log knows it again.
    """
    from sql.run import literal, table_name

    final = home.revision(revision_name(year, period, number))
    building = final.with_name(f".building-{final.name}")
    shutil.rmtree(building, ignore_errors=True)
    make_folder(building)
    with open_database(version.database) as con:
        months = _ended_months(con, year, period)
        own = [period, *months]
        for table in (*FROZEN, INPUTS):
            kept = quarter_names(period) if table == INPUTS else own
            names = ", ".join(literal(name) for name in kept)
            target = literal(building / f"{table}.parquet")
            replaced = f"* replace ({number} as revision)" if table == "kpi.scorecard" else "*"
            con.execute(
                f"copy (select {replaced} from {table_name(table)} where year = {year} "
                f"and period in ({names}) order by all) to {target} "
                "(format parquet, compression zstd)"
            )
    for table in MONTHLY:
        for month in months:
            source = version.path / "parquet" / table / f"year={year}" / f"{month}.parquet"
            shutil.copyfile(source, make_folder(building / table) / f"{month}.parquet")
    content = _seal(building)
    shutil.rmtree(final, ignore_errors=True)  # of a closing that was cut short before its entry
    building.rename(final)
    sync(final.parent)
    return content


def _ended_months(con: Any, year: int, period: str) -> list[str]:
    """The months of a period that has ended; not all where the home begins or ends within it."""
    rows = con.execute(
        "select strftime(month, '%Y-%m'), period_end, period_state = 'closed' "
        "from ref.calendar where year = ? and period = ? order by month", [year, period],
    ).fetchall()  # fmt: skip
    if not rows:
        raise HomeError(f"{year}-{period} is not published; kring scorecard {year} shows what is")
    if not all(has_ended for _, _, has_ended in rows):
        raise HomeError(f"{year}-{period} ends on {rows[0][1]} and cannot be closed before")
    return [month for month, _, _ in rows]


def _seal(folder: Path) -> str:
    """Hash, sync and make read-only what will not change again; the digest of the hashes."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    hashes = {str(p.relative_to(folder)): sha256_file(p) for p in files}
    manifest = folder / "manifest.json"
    manifest.write_text(as_json(hashes))
    for path in (*files, manifest):
        path.chmod(0o440)
        sync(path)
    for path in sorted({p.parent for p in files} | {folder}, reverse=True):
        sync(path)
    return digest(hashes)


def require_ended(home: Home, as_of: date) -> None:
    """Raise HomeError where a closed period had not ended by `as_of`, or the settings leave out one
    of its months: what was signed, or what is above it, would change for no reason of the data."""
    first, end = home.settings.first_month, home.last_month() or date.max
    for revision in standing(home):
        period = f"{revision.year}-{revision.period}"
        last = month_end(parse_month(month_names(revision.year, revision.period)[-1]))
        if last >= as_of:
            raise HomeError(
                f"{period} is closed and ends on {last}, so nothing can be counted as of {as_of}; "
                f"take a later day, or kring reopen {period} --reason ..."
            )
        if out := [name for name in revision.months if not first <= parse_month(name) <= end]:
            key = "first_month" if parse_month(out[0]) < first else "last_month"
            raise HomeError(
                f"kring.toml: {key} leaves out {', '.join(out)}, with which {period} is closed; "
                f"take back that change, or first kring reopen {period} --reason ... without it"
            )


def damaged(home: Home) -> list[str]:
    """What is wrong with the kept revisions: missing or changed files."""
    problems = []
    for revision in revisions(home):
        if not revision.hashes:
            lost = "is missing, or its manifest.json is damaged; restore it"
            problems.append(f"record: revision {revision.name} {lost}")
        elif digest(revision.hashes) != revision.decision.content:
            problems.append(f"record: {revision.name}/manifest.json is not as closed; restore it")
        for name, sha256 in revision.hashes.items():
            path = revision.folder / name
            if not path.is_file() or sha256_file(path) != sha256:
                problems.append(f"record: {revision.name}/{name} is not as closed; restore it")
    return problems


def require_log(home: Home) -> None:
    """Raise HomeError where the log of decisions is not what the newest version knew of it."""
    for version in versions(home)[:1]:
        require_kept(home, version.manifest.get("decisions"))


def require_whole(home: Home) -> None:
    """Raise HomeError where a kept revision is not what was closed: no figure may rest on it."""
    if problems := damaged(home):
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise HomeError("; ".join(problems[:3]) + f"{more} from the last backup of record/")


def require_record(home: Home) -> None:
    """Raise HomeError where the log of decisions or a closed revision is not what it was."""
    require_log(home)
    require_whole(home)
