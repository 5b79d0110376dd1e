"""A home of the five files, met by one fault, and what must hold after any of them.

`meet` delivers a fault, runs, checks the invariants, runs again, and then lets the sound file
come: whatever the fault was, the content must then be that of a home that never saw it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from unittest.mock import patch

import five_files
import invariants
import polars as pl
from counting import Content, content_of
from homes import TEMPLATE, Ran
from invariants import FileRow
from storyhome import StoryHome

from assets.building.plan import Plan
from assets.intake.delivering import Ingested
from assets.intake.ingest import ingest
from assets.lake import sweep
from assets.publishing.finding import Finding
from assets.publishing.findings import findings
from assets.run_lock import run_lock
from schemas.register import Register, load_register

AS_OF = "2024-07-10"


@dataclass
class Outcome:
    """What a run said and left: findings, the rows of ops.files, the rejects."""

    ingested: Ingested
    findings: list[Finding]
    files: list[FileRow]
    content: Content = field(repr=False)
    rejects: dict[str, list[tuple[int, str, str]]]

    def file(self, path: str) -> FileRow:
        """The row of ops.files for what came last under a path."""
        return [row for row in self.files if row.path == path][-1]

    def about(self, word: str) -> str:
        """The findings of a sort, as one text."""
        return "\n".join(f.text for f in self.findings if f.about == word)

    def named(self, path: str) -> list[tuple[int, str, str]]:
        """Record, column and rule of a file's rejected rows."""
        return self.rejects.get(self.file(path).file_id, [])


class FaultHome(StoryHome):
    """A home with the four sources of the five files, May and June, and no exports yet."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, first_month="2024-05", last_month="2024-06")
        self.only_sources()
        # the five files' contacts come at any hour, so this centre never closes
        (root / "register/service_hours.csv").unlink()
        for name, text in five_files.SOURCES.items():
            self.source(name, text.lstrip())
        (root / "key").write_bytes(b"one key for all" + bytes(17))  # so that homes compare
        (root / "key").chmod(0o600)

    def deliver(self, *paths: str, but: Iterable[str] = ()) -> None:
        """Put the named ones of the five files into landing; all of them where none is named."""
        for path in paths or five_files.ROWS:
            if path not in but:
                self.put(path, five_files.sound()[path])

    def header(self, source: str, key: str, value: str) -> None:
        """Set a key of a source's header."""
        path = self.root / f"sources/{source}.sql"
        lines = [x for x in path.read_text().splitlines() if not x.startswith(f"-- {key}:")]
        path.write_text("\n".join([f"-- {key}: {value}", *lines]) + "\n")

    def ingest(self, as_of: str = AS_OF) -> Outcome:
        """As far as a run must go for its accounting: files to rows that count."""
        done = self.again(as_of)
        plan = self.plan(as_of)
        files = invariants.file_rows_of(plan)
        rejects = invariants.rejects_of(plan)
        return Outcome(done, findings(plan), files, content_of(plan), rejects)

    def plan(self, as_of: str) -> Plan:
        with patch("assets.building.look.load_register", lambda _: _register()):
            return Plan(self.home, date.fromisoformat(as_of))

    def again(self, as_of: str = AS_OF) -> Ingested:
        """The run alone, without a look at what it left."""
        home, day = self.home, date.fromisoformat(as_of)
        with run_lock(home, wait=False), patch("assets.lake.sync"):
            sweep(home)
            return ingest(home, day)

    def state(self, kind: str, month: str, as_of: str = AS_OF) -> tuple[str, str]:
        """Whether a kind's exports are all there for a month, and if not, why."""
        plan = self.plan(as_of)
        (cell,) = [c for c in plan.coverage if (c.kind, f"{c.month:%Y-%m}") == (kind, month)]
        return cell.state, cell.reason

    def figures(self, as_of: str = AS_OF) -> Ran:
        """Up to the scorecard."""
        return StoryHome.run(self, as_of)


@cache
def _register() -> Register:
    """The shipped register; read once, as no fault here is one of the register's."""
    return load_register(TEMPLATE / "register")


def _copy_or_share(source: str, target: str) -> None:
    """What kring has written is never written again, so copies of a home may share it."""
    if "/lake/" in source and not source.endswith("run.lock"):
        os.link(source, target)
    else:
        shutil.copyfile(source, target)


@dataclass(frozen=True)
class Prepared:
    """Homes in which other files are loaded already, each made once and copied from then on."""

    root: Path

    def without(self, source: str, into: Path) -> FaultHome:
        """A home whose exports are loaded but those of one source, gone from landing since."""
        made = FaultHome.__new__(FaultHome)
        made.root = into
        shutil.copytree(self._made(source), into, copy_function=_copy_or_share)
        (into / "key").chmod(0o600)
        return made

    @cache  # noqa: B019  (one of these lives as long as the tests do)
    def _made(self, source: str) -> Path:
        home = FaultHome(self.root / f"without-{source}")
        home.deliver(*(p for p, s in five_files.SOURCE_OF.items() if s != source))
        home.ingest()
        shutil.rmtree(home.root / "landing")
        (home.root / "landing").mkdir()
        return home.root

    @cache  # noqa: B019
    def undisturbed(self) -> Content:
        """The content of a home that never met a fault."""
        home = FaultHome(self.root / "undisturbed")
        home.deliver()
        outcome = home.ingest()
        assert outcome.findings == []
        assert sum(f.accepted for f in outcome.files) == sum(five_files.ROWS.values())
        return outcome.content


class Meeting:
    """One test's home and the fault it meets."""

    def __init__(self, prepared: Prepared, root: Path, spoken: Callable[[], str]) -> None:
        self.prepared, self._root, self._spoken = prepared, root, spoken
        self.home: FaultHome

    def begin(self, victim: str) -> FaultHome:
        """A home in which all files but those of the victim's source are loaded."""
        self.home = self.prepared.without(five_files.SOURCE_OF[victim], self._root)
        return self.home

    def fresh(self) -> FaultHome:
        """A home in which nothing is loaded yet."""
        self.home = FaultHome(self._root)
        return self.home

    def run(self, as_of: str = AS_OF) -> Outcome:
        """Run, check what must always hold, and run once more: nothing may change."""
        outcome = self.home.ingest(as_of)
        self.check(outcome)
        before = invariants.memory(self.home.root)
        self.home.again(as_of)
        assert invariants.memory(self.home.root) == before
        return outcome

    def check(self, outcome: Outcome) -> None:
        invariants.accounted(outcome.files, outcome.content)
        invariants.loud(outcome.files, outcome.findings, self.home.root / "landing")
        invariants.no_values(outcome.findings, self.home.root, self._spoken())

    def meet(self, victim: str, content: bytes, *, at: str = "", edits: str = "") -> Outcome:
        """The victim's source with one of its files as the fault made it.

        `at` is another name it lies under; `edits` are lines for the source's header.
        """
        home = self.begin(victim)
        source = five_files.SOURCE_OF[victim]
        for line in filter(None, edits.splitlines()):
            key, _, value = line.partition(":")
            home.header(source, key.strip(), value.strip())
        home.deliver(*(p for p, s in five_files.SOURCE_OF.items() if s == source), but=[victim])
        home.put(at or victim, content)
        return self.run()

    def refused(self, outcome: Outcome, path: str, *words: str) -> None:
        """The file gave nothing, is named with the reason, and its month is not whole."""
        row = outcome.file(path)
        assert row.status == "refused", row
        for word in words:
            assert word in row.error, row.error
        assert row.error in outcome.about("refused")
        assert row.accepted == row.corrections == row.duplicates == 0
        kind = self.kind(path)
        state, reason = self.home.state(kind, "2024-06")
        assert state == "incomplete"
        assert path in reason
        self.others_loaded(outcome, path)

    def quarantined(self, outcome: Outcome, path: str, *rejects: tuple[int, str, str]) -> None:
        """All rows of the file counted but these records, each by column and rule."""
        row = outcome.file(path)
        assert outcome.named(path) == sorted(rejects)
        assert (row.status, row.rows, row.accepted, row.rejected) == (
            "loaded", five_files.ROWS.get(path, row.rows),
            five_files.ROWS.get(path, row.rows) - len(rejects), len(rejects),
        )  # fmt: skip
        self.others_loaded(outcome, path)

    def others_loaded(self, outcome: Outcome, path: str) -> None:
        for other, rows in five_files.ROWS.items():
            if other != path:
                assert (outcome.file(other).status, outcome.file(other).accepted) == (
                    "loaded", rows,
                ), other  # fmt: skip

    def as_undisturbed(self, outcome: Outcome) -> None:
        """The rows that count are those of a home that never met a fault."""
        invariants.same(outcome.content, self.prepared.undisturbed())
        assert outcome.findings == []

    def heals(self, path: str, gone: str = "") -> Outcome:
        """The sound file comes, `gone` is taken away: nothing is left of the fault."""
        if gone:
            (self.home.root / "landing" / gone).unlink()
        self.home.deliver(path)
        outcome = self.home.ingest()
        self.check(outcome)
        self.as_undisturbed(outcome)
        return outcome

    @staticmethod
    def kind(path: str) -> str:
        source = five_files.SOURCE_OF[path]
        return "outbound_attempts" if source == "attempts" else source


def rows_of(outcome: Outcome, source: str, key: str, *ids: str) -> pl.DataFrame:
    """The counting rows of a source with these ids, in order of id."""
    return outcome.content[source].filter(pl.col(key).is_in(ids)).sort(key)


def chunks(root: Path) -> dict[str, tuple[str, int]]:
    """Every chunk by its path, and its digest as the ledger states it."""
    records = [json.loads(p.read_text()) for p in (root / "lake/ledger").rglob("*.json")]
    return {c["file"]: (c["sha256"], c["rows"]) for record in records for c in record["chunks"]}
