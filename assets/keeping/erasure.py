"""What there is of one person, and taking the last of it out: a request to be forgotten.

Landing belongs to other systems, so its files are named and never altered. Once they are
cleaned, what the lake still holds of their former contents is taken out, and versions that
hold it are removed but for the one readers see, which the next run replaces.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import ON_REQUEST, REFUSED, TAKEN_OUT, WITHDRAWN, Delivery
from assets.arrivals.sources import read_sources
from assets.database import open_database
from assets.home import Home, HomeError
from assets.intake.landing_search import Wanted, holds, patterns
from assets.intake.leftovers import sweep_unnamed
from assets.key import PSEUDONYM_COLUMNS, all_pseudonyms
from assets.lake import sha256_file
from assets.record.decisions import decisions
from assets.record.versions import REMOVING, Version, current, remove, versions
from sql.run import connect, literal, quoted, table_name


@dataclass
class Traces:
    """Where something of a person is."""

    landing: dict[str, list[int]] = field(default_factory=dict)  # path -> records known of
    withdrawn: list[str] = field(default_factory=list)  # of these, what counts no more
    unreadable: list[str] = field(default_factory=list)
    lake: list[Delivery] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)  # whose removal was cut short
    register: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # of the office, for its report
    record: list[str] = field(default_factory=list)  # files of closed periods and decisions

    def __bool__(self) -> bool:
        return any(found for where, found in vars(self).items() if where != "withdrawn")


def find(home: Home, value: str) -> Traces:
    """Everything that holds a person's identifier, or a pseudonym of it."""
    keys = _pseudonyms(home, value)
    traces = Traces()
    for delivery, records in _in_lake(home, keys):
        if _still_there(home, delivery):
            traces.landing.setdefault(delivery.path, []).extend(records)
        else:
            traces.lake.append(delivery)
    wanted = patterns(value, home.settings.country_code)
    for path in sorted(p for p in home.landing.rglob("*") if p.is_file() and not p.is_symlink()):
        name = str(path.relative_to(home.landing))
        try:
            if name not in traces.landing and holds(path, wanted):
                traces.landing[name] = []
        except OSError:
            traces.unreadable.append(name)
    out = [d for d in Ledger(home).deliveries() if d.status == WITHDRAWN]
    gone = {d.path for d in out if d.path in traces.landing and _still_there(home, d)}
    traces.withdrawn = [name for name in traces.landing if name in gone]
    traces.versions = [v for v in versions(home) if _in_database(v.database, keys)]
    traces.unfinished = [str(p.relative_to(home.root)) for p in _unfinished(home, keys)]
    names = wanted.or_any(keys)
    traces.register = [p.name for p in sorted(home.register.glob("*.csv")) if holds(p, names)]
    written = sorted(path for path in home.report_texts.rglob("*") if path.is_file())
    traces.texts = [str(p.relative_to(home.root)) for p in written if holds(p, names)]
    traces.record = _in_record(home, names, keys)
    return traces


def erase(home: Home, traces: Traces) -> list[str]:
    """Take out of lake and older versions what was found; what was done, a sentence each.

    The caller holds the lock. A content taken out stays out should it be dropped again. Raises
    HomeError where a cleaned file was refused: only its former content gives the month figures.
    """
    ledger, done = Ledger(home), []
    _require_accepted(home, ledger, traces)
    for delivery in traces.lake:
        when = datetime.now(UTC).date()
        ledger.write(
            replace(delivery, status=WITHDRAWN, standing=TAKEN_OUT,
                    error=f"{ON_REQUEST} on {when}", rows=0, accepted=0, filtered=0, rejected=0,
                    rejects={}, chunks=())
        )  # fmt: skip
        done.append(f"the former content of {delivery.path} is out of the lake")
    # the records first: cut short between, the next call or run removes what none of them names
    sweep_unnamed(home, ledger, read_sources(home.sources))
    seen = current(home)
    for version in traces.versions:
        if seen is None or version.id != seen.id:
            remove(home, version)
            done.append(f"version {version.id} is removed")
    return done


def _require_accepted(home: Home, ledger: Ledger, traces: Traces) -> None:
    former = {(delivery.source, delivery.path) for delivery in traces.lake}
    refused = [
        d.error
        for d in ledger.deliveries()
        if d.status == REFUSED and (d.source, d.path) in former and _still_there(home, d)
    ]
    if refused:
        more = f" (and {len(refused) - 3} more files)" if len(refused) > 3 else ""
        raise HomeError(
            "nothing was taken out, or months would lose their figures: a cleaned file was "
            f"refused. {'; '.join(refused[:3])}{more}. Mend it and kring run, then ask again"
        )


def _pseudonyms(home: Home, value: str) -> list[str]:
    """Every pseudonym the value may have here: by each key kept, in each form in use."""
    sources = read_sources(home.sources)
    forms = {form for source in sources for form in source.identifiers.values()} | {"text"}
    made = {keys.one(value, form) for keys in all_pseudonyms(home) for form in forms}
    return sorted(key for key in made if key)


def _in_lake(home: Home, keys: list[str]) -> list[tuple[Delivery, list[int]]]:
    """Deliveries whose rows name the person, with the records; withdrawn ones as well."""
    found: list[tuple[Delivery, list[int]]] = []
    with connect(home.settings.timezone) as con:
        for delivery in Ledger(home).deliveries():
            there = [path for path in delivery.files(home) if path.is_file()]
            records = [row for path in there for row in _rows(con, path, keys)]
            if records:
                found.append((delivery, sorted(records)))
    return found


def _unfinished(home: Home, keys: list[str]) -> list[Path]:
    """What nothing names any more and the disk still has; of a version it cannot be searched."""
    named = {path for d in Ledger(home).deliveries() for path in d.files(home)}
    with connect(home.settings.timezone) as con:
        unnamed = sorted({*home.chunks.rglob("*.parquet")} - named)
        found = [path for path in unnamed if _rows(con, path, keys)]
    return [*found, *sorted(home.versions.glob(f"{REMOVING}*"))]


def _rows(con: Any, path: Path, keys: list[str]) -> list[int]:
    file = f"read_parquet({literal(path)})"
    names = [row[0] for row in con.execute(f"describe from {file}").fetchall()]
    there = [quoted(name) for name in PSEUDONYM_COLUMNS if name in names]
    if not there:
        return []
    matches = " or ".join(f"list_contains($keys, {name})" for name in there)
    query = f"select _row from {file} where {matches} order by _row"
    return [int(row[0]) for row in con.execute(query, {"keys": keys}).fetchall()]


def _in_record(home: Home, names: Wanted, keys: list[str]) -> list[str]:
    """Files of the record that name the person: sums do not, but a reason may have been typed."""
    typed = (f"{entry.reason} {entry.decided_by}" for entry in decisions(home))
    found = [home.decisions] if any(map(names.are_in, typed)) else []
    with connect(home.settings.timezone) as con:
        found += [p for p in sorted(home.record.rglob("*.parquet")) if _rows(con, p, keys)]
    return [str(path.relative_to(home.root)) for path in found]


def _still_there(home: Home, delivery: Delivery) -> bool:
    """Whether landing still has the content that a delivery was read from."""
    path = home.landing / delivery.path
    return path.is_file() and sha256_file(path) == delivery.sha256


def _in_database(path: Path, keys: list[str]) -> bool:
    if not path.is_file():
        return False
    with open_database(path) as con:
        columns = con.execute(
            "select table_schema || '.' || table_name, column_name from information_schema.columns "
            "where list_contains($names, column_name)", {"names": list(PSEUDONYM_COLUMNS)},
        ).fetchall()  # fmt: skip
        return any(
            con.execute(
                f"select count(*) > 0 from {table_name(table)} "
                f"where list_contains($keys, {quoted(column)})", {"keys": keys},
            ).fetchall()[0][0]
            for table, column in columns
        )  # fmt: skip
