"""What a parquet file holds: every column as text by its type, and that all of it decodes.

The engine casts; the conventions (formats of times, decimal mark, zone) are the source's, so
the same contract reads a system's parquet and its csv.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from assets.arrivals.sources import Source
from assets.exports.parquet_meanings import DURATIONS_INSIDE, INSTANTS_INSIDE, meanings
from assets.exports.refused import Refused
from assets.exports.rendering import TimeFormat, Times
from assets.exports.sandbox import sandbox
from assets.exports.view import column_names
from sql.run import literal, quoted

ROW = "file_row_number + 1"
_UNPACKED_BYTES = 16 << 30
_FRACTIONS = {"%.3f": ".%g", "%.6f": ".%f", "%.9f": ".%f000", "%3f": "%g", "%6f": "%f"}
_UNREADABLE = {
    "BLOB": "raw bytes, not text or numbers",
    DURATIONS_INSIDE: "durations inside lists or records, whose unit is lost there; write them as "
    "seconds, or as columns of their own",
    INSTANTS_INSIDE: "times inside lists or records, which Spark and Hive write in UTC; declare "
    "timezone: UTC, or have them written as TIMESTAMP_MICROS, or as columns of their own",
}
_NESTED = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")


@dataclass(frozen=True)
class Undecoded:
    """A file in the box to decode, as its source reads it in a zone; `used`: columns, or all."""

    path: Path
    name: str
    size: int
    source: Source
    zone: str
    used: frozenset[str] | None


def decoded(file: Undecoded) -> dict[str, Any]:
    """The file's relation, its columns as text, its records; empty where it is not sound."""
    engine = sandbox(file.path.parent, file.zone)
    try:
        of, texts, records = _described(engine, file)
        read = [name for name in texts if file.used is None or name.casefold() in file.used]
        every = ", ".join(["_row", *(f"c{number}" for number, _ in enumerate(read))])
        listed = [f"{ROW} as _row", *(f"{texts[name]} as c{n}" for n, name in enumerate(read))]
        # A footer may promise rows that the pages do not hold.
        found = engine.sql(
            f"select count(*), bit_xor(hash({every})) from (select {', '.join(listed)} from {of})"
        ).fetchall()
        return {"of": of, "texts": texts, "records": records} if found[0][0] == records else {}
    except duckdb.Error:
        return {}
    finally:
        with suppress(duckdb.Error):
            engine.close()


def _described(
    engine: duckdb.DuckDBPyConnection, file: Undecoded
) -> tuple[str, dict[str, str], int]:
    """The relation to read, each column's text, and the number of records by the footer."""
    path, source, used = literal(file.path), file.source, file.used
    of = f"read_parquet({path}, file_row_number=true)"
    schema = engine.sql(f"describe select * exclude (file_row_number) from {of}").fetchall()
    [(records, unpacked)] = engine.sql(
        f"select (select sum(num_rows) from parquet_file_metadata({path})), "
        f"(select sum(total_uncompressed_size) from parquet_metadata({path}))"
    ).fetchall()
    if (unpacked or 0) > _UNPACKED_BYTES:
        raise Refused(
            "bomb",
            f"{file.name}: would unpack to {unpacked >> 30} GB; the limit is "
            f"{_UNPACKED_BYTES >> 30} GB",
        )
    written = engine.sql(f"select name from parquet_schema({path})").fetchall()
    raw = [name for name, *_ in schema]
    # The engine tells columns of one name apart by a suffix that is not in the file.
    if twice := sorted({*raw} - {name for (name,) in written}):
        raise Refused(
            "duplicate_column",
            f"{file.name}: two columns share a name, read as `{twice[0]}`; each may stand once",
        )
    columns, _ = column_names(raw, source, file.name)
    meant = meanings(file.path, source.timezone or file.zone)
    kinds = {name: meant.get(name) or (quoted(name), str(kind)) for name, kind, *_ in schema}
    texts = {
        column: _text(kinds[name], source, file.name, name)
        for column, name in zip(columns, raw, strict=False)
        if kinds[name][1] not in _UNREADABLE or used is None or column.casefold() in used
    }
    return of, texts, int(records or 0)


def _text(meant: tuple[str, str], source: Source, file: str, name: str) -> str:
    """The SQL that writes a column, as SQL and its type, as text."""
    column, kind = meant
    times = _Clock(Times(source))
    plain = f"cast({column} as varchar)"
    if kind == "VARCHAR":
        return column
    if kind in _UNREADABLE:
        raise Refused("column_type", f"{file} column `{name}`: holds {_UNREADABLE[kind]}")
    if kind.endswith("]") or kind.startswith(_NESTED):
        return f"cast(to_json({column}) as varchar)"
    if kind in ("DOUBLE", "FLOAT"):
        digits = f"cast(cast({column} as decimal(18, 9)) as varchar)"
        whole = f"{column} = trunc({column}) and abs({column}) < 9e15"
        # A number of 32 bits has lost digits by then, which matters in an id: as Java shows it.
        single = f"abs({column}) >= 16777216" if kind == "FLOAT" else "false"
        shown = f"replace(replace(printf('%.8E', {column}), 'E+0', 'E'), 'E+', 'E')"
        return (
            f"case when isnan({column}) then null when {single} then {shown} "
            f"when {whole} then cast(try_cast({column} as bigint) as varchar) "
            f"when abs({column}) < 1e-4 then {_marked(digits, source)} "  # else shown by exponent
            f"else {_marked(plain, source)} end"
        )
    if kind.startswith("DECIMAL"):
        return _marked(plain, source)
    if kind == "DATE":
        return times.date(column)
    if kind in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"):
        return times.zoned(f"cast({column} as timestamptz)", source.timezone)
    if kind.startswith("TIMESTAMP"):
        return times.naive(f"cast({column} as timestamp)", times.local)
    return plain


def _marked(text: str, source: Source) -> str:
    return text if source.decimal == "." else f"replace({text}, '.', {literal(source.decimal)})"


class _Clock:
    """Writes times in SQL by the first declared format that loses nothing, else ISO."""

    def __init__(self, times: Times) -> None:
        formats, self.otherwise = times.formats, times.otherwise
        self.declared = bool(formats)
        self.local = [each for each in formats if each.day and not each.zoned]
        self.with_zone = [each for each in formats if each.day and each.zoned]

    def date(self, column: str) -> str:
        if not self.declared:
            return f"cast({column} as varchar)"
        dates = [each for each in self.local if not each.clock]
        return self.naive(f"cast({column} as timestamp)", dates + self.local)

    def zoned(self, column: str, zone: str | None) -> str:
        """An instant: with its offset where a declared format has one, else in the zone."""
        utc = f"({column} at time zone 'UTC')"
        if self.with_zone or not self.declared:
            return self.naive(utc, self.with_zone, TimeFormat(f"{self.otherwise.text}Z"))
        if zone is None:
            local = f"cast({column} as timestamp)"  # the connection's zone is the home's
        elif zone[0] in "+-":
            # Not `at time zone '+07:00'`, whose sign engines read either way.
            local = f"({utc} {zone[0]} interval '{zone[1:3]} hours {zone[4:6]} minutes')"
        else:
            local = f"({column} at time zone {literal(zone)})"
        return self.naive(local, self.local)

    def naive(
        self, value: str, formats: Sequence[TimeFormat], otherwise: TimeFormat | None = None
    ) -> str:
        branches = []
        for each in [*formats, otherwise or self.otherwise]:
            unit = "second" if each.seconds else "minute" if each.clock else "day"
            whole = f"{value} = date_trunc('{unit}', {value})"
            branches.append(f"when {whole} then {_strftime(value, each, False)}")
            if each.fraction:
                branches.append(f"when true then {_strftime(value, each, True)}")
        return f"case when {value} is null then null {' '.join(branches)} end"


def _strftime(value: str, form: TimeFormat, fraction: bool) -> str:
    text = form.text.replace("%z", "+0000").replace("%.f", ".%f" if fraction else "")
    for declared, engine in _FRACTIONS.items():
        text = text.replace(declared, engine)
    return f"strftime({value}, {literal(text)})"
