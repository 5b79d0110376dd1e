"""Which delivered row of a key counts, over all months and deliveries of a source.

A key is (source, id). The newest version wins; a content already held is no news, however
late it comes again. The rows that lose are listed per month, so facts leave them out, and
each file's corrections and duplicates are counted for the accounting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import Chunk, Delivery
from assets.home import Home
from assets.intake.contest import Contest, Delivered, Tally, fates_rule
from assets.lake import (
    is_sound,
    make_folder,
    place,
    read_as,
    sha256_file,
    sweep_folder,
    write_json,
)
from assets.stored.soundness import sound_chunks

if TYPE_CHECKING:
    from schemas.shape import Contract


@dataclass(frozen=True)
class Resolved:
    """The standing answer for one source; `chunks` says for which chunks it holds, `rule` by
    which rule."""

    chunks: tuple[str, ...]
    months: dict[str, dict[str, Any]]
    tallies: dict[str, Tally]
    # of a file, by the file whose corrections count instead: how many rows
    replaced: dict[str, dict[str, int]]
    rule: str = ""

    def stands(self, chunks: tuple[str, ...]) -> bool:
        """Whether it is what the rule of now says of these chunks."""
        return self.chunks == chunks and self.is_by_the_rule

    @property
    def is_by_the_rule(self) -> bool:
        return self.rule == fates_rule().fingerprint

    def losers(self, month: str) -> str:
        """Digest of the rows of a month that do not count; empty where all do."""
        return str(self.months.get(month, {}).get("sha256", ""))


def resolved(home: Home, source: str) -> Resolved:
    """What was last resolved for a source."""
    # where there is none, or an answer of before, all keys are compared anew
    return read_as(_record(home, source), _resolved) or Resolved((), {}, {}, {})


def _resolved(raw: dict[str, Any]) -> Resolved:
    tallies = {file_id: Tally(*counted) for file_id, counted in raw["counts"].items()}
    months = {month: {name: entry[name] for name in ("file", "sha256", "rows")}
              for month, entry in raw["months"].items()}  # fmt: skip
    rule = raw.get("rule", "")  # that of before did not say
    return Resolved(tuple(raw["chunks"]), months, tallies, raw["replaced"], rule)


def losers_file(home: Home, source: str, state: Resolved, month: str) -> Path | None:
    entry = state.months.get(month)
    return home.keys / source / entry["file"] if entry else None


def live_chunks(ledger: Ledger, source: str) -> tuple[str, ...]:
    """The identity of the chunks of a source whose rows count, in order of delivery."""
    return tuple(identity(d, c) for d, c in ledger.chunks(source))


def identity(delivery: Delivery, chunk: Chunk) -> str:
    """A chunk and its place in the order of deliveries."""
    return f"{delivery.sequence}:{chunk.month}:{chunk.sha256}"


def resolve(home: Home, source: str, kind: Contract, ledger: Ledger) -> None:
    """Bring a source's answer up to date with its loaded deliveries.

    Where chunks only came, their keys are looked up among the others; else all are compared, as
    they are where the rule is another.
    """
    chunks = live_chunks(ledger, source)
    before = former = resolved(home, source)
    if before.stands(chunks):
        return
    comes_to_it = before.is_by_the_rule and set(before.chunks) <= set(chunks)
    if not (comes_to_it and _is_whole(home, source, before)):
        before = Resolved((), {}, {}, {})
    held = set(before.chunks)
    rows = [
        Delivered(str(home.chunk(kind.kind, source, c.file)), d.file_id, d.sequence, c.month,
                  identity(d, c) not in held)
        for d, c in ledger.chunks(source)
    ]  # fmt: skip
    sound_chunks(home, ledger, source, among={Path(row.path) for row in rows if row.is_new})
    months, tallies, replaced = before.months, before.tallies, before.replaced
    with Contest(home, source, kind) as contest:
        try:
            is_contested = contest.gather(rows)
        except Exception:  # a chunk that came before, damaged since, is named
            sound_chunks(home, ledger, source)
            raise
        if is_contested:
            months = _lost(home, contest, source, before)
            tallies, replaced = contest.tallies(tallies), contest.replaced(replaced)
    content = {"chunks": chunks, "months": months, "counts": tallies, "replaced": replaced,
               "rule": fates_rule().fingerprint}  # fmt: skip
    write_json(home, _record(home, source), content)
    for month, entry in former.months.items():
        if months.get(month) != entry:
            (home.keys / source / entry["file"]).unlink(missing_ok=True)


def _is_whole(home: Home, source: str, state: Resolved) -> bool:
    """Whether the files of a standing answer are as it says."""
    return all(
        is_sound(home.keys / source / entry["file"], entry["sha256"])
        for entry in state.months.values()
    )


def sweep(home: Home, sources: Iterable[str]) -> None:
    """Remove what no standing answer names: of a killed run, or of a source that is no more."""
    known = set(sources)
    for record in home.keys.glob("*.json"):
        if record.stem not in known:
            record.unlink()
    for folder in (path for path in home.keys.glob("*") if path.is_dir()):
        months = resolved(home, folder.name).months
        sweep_folder(folder, {entry["file"] for entry in months.values()})


def _lost(home: Home, contest: Contest, source: str, before: Resolved) -> dict[str, dict[str, Any]]:
    """Write what loses in the months concerned; the other months stand as they were."""
    found = dict(before.months)
    for month in contest.months():
        scratch = make_folder(home.scratch) / f"losers-{source}-{month}"
        rows = contest.write_losers(month, losers_file(home, source, before, month), scratch)
        if not rows:
            found.pop(month, None)
            scratch.unlink()
            continue
        sha256 = sha256_file(scratch)
        name = f"{month}.{sha256[:12]}.parquet"
        place(scratch, home.keys / source / name)
        found[month] = {"file": name, "sha256": sha256, "rows": rows}
    return found


def _record(home: Home, source: str) -> Path:
    return home.keys / f"{source}.json"
