"""A home in a temporary folder, with one source, read as a run of ingest reads it.

What comes back are the accepted rows as they lie in the chunks, and the reading's accounting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.arrivals.sources import read_source
from assets.home import Home
from assets.intake.accounts import Reading
from assets.intake.reading import Reader
from schemas.pseudonyms import Pseudonyms

PROJECT = Path(__file__).resolve().parent.parent
MACROS = PROJECT / "sql" / "source_macros.sql"
EXPORT_GUIDES = "\n".join(
    (PROJECT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("add-an-export", "export-recipes")
)
AS_OF = date(2026, 6, 30)
SETTINGS = """
[organisation]
name = "Test"
timezone = "{zone}"
first_month = "{first_month}"
"""


@dataclass(frozen=True)
class Read:
    """What became of one file."""

    reading: Reading
    rows: pl.DataFrame
    months: dict[str, int]

    def column(self, name: str) -> list[Any]:
        """One column of the accepted rows, in the order of the export's records."""
        return self.rows[name].to_list()

    def row(self, key: str, value: str) -> dict[str, Any]:
        """The one accepted row with this key."""
        found = self.rows.filter(pl.col(key) == value).to_dicts()
        assert len(found) == 1, (value, len(found))
        return found[0]


def make_home(root: Path, zone: str = "Asia/Jakarta", first_month: str = "2024-01") -> Home:
    """An empty home."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "kring.toml").write_text(SETTINGS.format(zone=zone, first_month=first_month))
    (root / "landing").mkdir(exist_ok=True)
    (root / "sources").mkdir(exist_ok=True)
    return Home.open(root)


def add_source(home: Home, name: str, text: str, tolerance: str | None = None) -> None:
    """Write a source, with another tolerance where a test wants to see the rejects."""
    if tolerance:
        text = re.sub(r"(?m)^-- tolerance:.*$", f"-- tolerance: {tolerance}", text)
    (home.sources / f"{name}.sql").write_text(text, encoding="utf-8")


def read(home: Home, source: str, path: str) -> Read:
    """Read one file of landing through one source."""
    reader = Reader(home, read_source(home.sources / f"{source}.sql"), Pseudonyms(b"k" * 32), AS_OF)
    try:
        # stands while a Reader does not load the helpers itself; harmless where it does
        reader.connection.execute(MACROS.read_text(encoding="utf-8"))
        reading = reader.load(reader.stage(path))
    finally:
        reader.close()
    kind = reader.source.kind
    frames = {
        chunk.month: pl.read_parquet(home.chunk(kind, source, chunk.file))
        for chunk in reading.chunks
    }
    rows = pl.concat(frames.values()).sort("_row") if frames else pl.DataFrame()
    return Read(reading, rows, {month: frame.height for month, frame in sorted(frames.items())})
