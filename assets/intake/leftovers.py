"""What a killed run leaves: files of the lake that no record names (also of an export read anew,
or of a source that is no more), and journals beside Dagster's books. Records are written last,
so what none of them names never counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from assets.arrivals.ledger import Ledger
from assets.arrivals.sources import Source
from assets.home import Home
from assets.intake import keys
from assets.lake import sweep_folder
from assets.stored import spans


def close_journals(home: Home) -> None:
    """Have sqlite take in what a killed run left beside its files in Dagster's books.

    A server that has a file open keeps its journal; nobody waits for it.
    """
    import sqlite3

    for journal in home.dagster.rglob("*.db-wal"):
        opened = sqlite3.connect(journal.with_suffix(".db"), timeout=0)
        with suppress(sqlite3.Error), closing(opened):
            opened.execute("pragma wal_checkpoint(truncate)")


def sweep_unnamed(home: Home, ledger: Ledger, sources: Iterable[Source]) -> None:
    """Remove what no record names of chunks, rejects, keys and spans; with the run lock held."""
    chunks: dict[Path, set[str]] = {}
    rejects: dict[Path, set[str]] = {}
    for d in ledger.deliveries():
        for path in d.files(home):
            chunks.setdefault(path.parent, set()).add(path.name)
        if d.rejected:
            path = home.rejects_file(d.source, d.file_id)
            rejects.setdefault(path.parent, set()).add(path.name)
    for folder in home.chunks.glob("*/*"):
        sweep_folder(folder, chunks.get(folder, ()))
    for folder in home.rejects.glob("*"):
        sweep_folder(folder, rejects.get(folder, ()))
    keys.sweep(home, [source.name for source in sources])
    spans.sweep(home)
