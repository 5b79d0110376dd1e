"""One worker of the campaign: reads spoiled files through Reader, and judges what came of it.

`python tests/fuzz/campaign.py SEED SECONDS` prints counts as JSON. A case that raises, hangs,
crashes the process or loses a row ends it, with the case's name on standard error.
"""

from __future__ import annotations

import faulthandler
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import mutations
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from small_home import AS_OF, make_home

from assets.arrivals.sources import read_source
from assets.home import Home
from assets.intake.accounts import Reading
from assets.intake.reading import Reader
from schemas.pseudonyms import Pseudonyms

HANG, MEMORY = 30, 1 << 30
SOURCE = """
-- title: Fuzz
-- kind: calls
-- files: *
-- format: {form}
-- options: {options}
-- tolerance: {tolerance}
select _row, id as contact_id, at_time as entered_at, 'abandoned' as outcome,
    wait as wait_seconds, agent
from (select _row, id, "at" as at_time, wait, agent from export)
"""
OPTIONS = {
    "csv": "delim=';'", "multiline": "multiline=true", "csv_gz": "delim=';'",
    "csv_zip": "delim=';'",
}  # fmt: skip
FORMATS = {"multiline": "csv", "csv_gz": "csv", "csv_zip": "csv"}


class WrongError(AssertionError):
    """A case whose answer cannot be right."""


@dataclass
class Campaign:
    """Long-lived readers, as a run has them, so that one file may spoil the next."""

    home: Home
    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.readers = {}
        for form in mutations.SOUND:
            for tolerance in ("0", "100%"):
                name = f"{form}_{tolerance.strip('%')}"
                text = SOURCE.format(form=FORMATS.get(form, form), tolerance=tolerance,
                                     options=OPTIONS.get(form, "optional=note"))  # fmt: skip
                path = self.home.sources / f"{name}.sql"
                path.write_text(text.lstrip())
                self.readers[form, tolerance] = Reader(
                    self.home, read_source(path), Pseudonyms(b"k" * 32), AS_OF
                )

    def read(self, form: str, tolerance: str, data: bytes) -> tuple[Reading, list[str]]:
        """What came of a file, and the ids of the rows that were kept."""
        name = f"f.{form.replace('_', '.')}"
        (self.home.landing / name).write_bytes(data)
        reader = self.readers[form, tolerance]
        reading = reader.load(reader.stage(name))
        ids: list[str] = []
        for chunk in reading.chunks:
            file = self.home.chunk("calls", reader.source.name, chunk.file)
            kept = pl.read_parquet(file)
            if kept.height != chunk.rows:
                raise WrongError("a chunk has not the rows it states")
            ids += kept["contact_id"].to_list()
            file.unlink()
        return reading, ids

    def case(self, seed: str) -> None:
        rng = random.Random(seed)
        form = rng.choice(list(mutations.SOUND))
        tolerance = rng.choice(("0", "100%"))
        rows = [mutations.row(number, rng) for number in range(rng.choice((1, 3, mutations.ROWS)))]
        data = mutations.spoiled_file(form, rows, rng)
        reading, ids = self.read(form, tolerance, data)
        self.counts[form] += 1
        self.counts["refused" if reading.refused else "loaded"] += 1
        self.rules[reading.rule or "loaded"] += 1
        balanced(reading, ids)
        if not reading.refused:
            nothing_lost(form, data, reading, ids, mutations.SOUND[form](rows))
        if rng.random() < 0.03:  # what came before must not have spoiled the reader
            reading, ids = self.read(form, tolerance, mutations.SOUND[form](rows))
            if reading.refused or ids != [r["id"] for r in rows]:
                raise WrongError(f"a sound file after this one is not read: {reading.refused}")


def balanced(reading: Reading, ids: list[str]) -> None:
    if reading.refused:
        if ids or reading.chunks or not reading.rule:
            raise WrongError("refused, and yet rows were kept, or no rule named")
        return
    if reading.rows != reading.accepted + reading.rejected + reading.filtered:
        raise WrongError(f"out of balance: {reading.rows} rows")
    if reading.filtered or reading.accepted != len(ids):
        raise WrongError(
            f"{reading.accepted} accepted, {len(ids)} kept, {reading.filtered} filtered"
        )
    if reading.rejected != reading.rejected_rows.height:
        raise WrongError("rejects that are not listed")


def nothing_lost(form: str, data: bytes, reading: Reading, ids: list[str], sound: bytes) -> None:
    """Against a count that shares nothing with the readers, where one can be made."""
    if form in mutations.PACKED:
        unpack = mutations.PACKED[form][1]
        data, sound, form = unpack(data), unpack(sound), "csv"
    if form not in ("csv", "multiline", "tsv", "jsonl"):
        return
    header, records = parts(form, data.decode())
    if len(records) != reading.rows:
        raise WrongError(f"{len(records)} records counted, {reading.rows} accounted for")
    told = "\n".join(records)
    if any(each not in told for each in ids):
        raise WrongError("an id was kept that does not stand in the file")
    true_header, true_records = parts(form, sound.decode())
    if header != true_header:
        return
    untouched = set(records) & set(true_records)
    for record in untouched:
        key = f"C{record.partition('C')[2][:5]}"
        if told.count(key) == 1 and key not in ids:
            raise WrongError(f"{key} is as it was, and was not kept")


def parts(form: str, text: str) -> tuple[str, list[str]]:
    """The header of delimited text, and the records that are not blank."""
    text = text.removeprefix("\ufeff").rstrip("\x1a")
    if form == "jsonl":
        return "", [line for line in text.replace("\r", "\n").split("\n") if line.strip(" \t")]
    delim = {"csv": ";", "multiline": ",", "tsv": "\t"}[form]
    records = delimited_records(text, delim, form == "multiline")
    return (records[0], records[1:]) if records else ("", [])


def delimited_records(text: str, delim: str, multiline: bool) -> list[str]:
    """Records that are not blank, by one pass over the characters."""
    records, current, quoted = [], "", False
    for mark in text.replace("\r\n", "\n").replace("\r", "\n") + "\n":
        if mark == '"':
            quoted = not quoted
        if mark == "\n" and not (quoted and multiline):
            records.append(current)
            current = ""
        else:
            current += mark
    if records and records[0].lower() == f"sep={delim}":
        records.pop(0)
    return [record for record in records if record.strip(delim + " \t")]


def main(seed: int, seconds: float) -> None:
    faulthandler.enable()
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(make_home(Path(folder) / "home"))
        began, number, slowest = time.monotonic(), 0, 0.0
        while time.monotonic() - began < seconds:
            case = f"{seed}:{number}"
            faulthandler.dump_traceback_later(HANG, exit=True)
            print(case, file=sys.stderr, flush=True)
            start = time.monotonic()
            campaign.case(case)
            slowest = max(slowest, time.monotonic() - start)
            faulthandler.cancel_dump_traceback_later()
            number += 1
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if peak > MEMORY:
            raise WrongError(f"{peak >> 20} MB of memory")
        print(json.dumps({"cases": number, "slowest": round(slowest, 2), "peak_mb": peak >> 20,
                          "counts": campaign.counts, "rules": campaign.rules}))  # fmt: skip


def one(case: str) -> None:
    """A case again, alone: `python tests/fuzz/campaign.py 7:1234`."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(make_home(Path(folder) / "home"))
        campaign.case(case)
        print(campaign.rules)


if __name__ == "__main__":
    if ":" in sys.argv[1]:
        one(sys.argv[1])
    else:
        main(int(sys.argv[1]), float(sys.argv[2]))
