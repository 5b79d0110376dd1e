"""One home is one organisation: every path under it.

The only module that builds paths. No knowledge of what the files hold.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assets.settings import HomeError, Settings, read_settings

__all__ = ["CODE", "DAGSTER_YAML", "FORMAT", "TEMPLATE", "Home", "HomeError"]
CODE = Path(__file__).resolve().parent.parent
"""The folder of the packages: a checkout, or where a wheel was unpacked."""
_UNPACKED = CODE / "pipelines" / "shipped"
TEMPLATE = _UNPACKED if _UNPACKED.is_dir() else CODE / "data"
DAGSTER_YAML = CODE / "pipelines" / "dagster.yaml"
"""The settings that each home's Dagster instance has."""
FORMAT = 1  # of the lake, the ledger in it included; raised when an older kring cannot read it


def meant(root: Path | None) -> Path:
    """The folder named by argument, else by KRING_HOME, else the checkout's `data/`."""
    named = root or os.environ.get("KRING_HOME")
    if not named and TEMPLATE == _UNPACKED:
        raise HomeError("no home is named; --home DIR or KRING_HOME does, kring init DIR makes one")
    return Path(named or TEMPLATE).expanduser().resolve()


def require_plain(root: Path) -> None:
    """Raise HomeError where a home's path is a pattern to the engines that read its files."""
    if set("*?[]") & set(str(root)):
        raise HomeError(f"{root}: a home's path may not hold any of * ? [ ]; move the home")


class _Place:
    """A path below a home's folder."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __get__(self, home: Home, _: type[Home]) -> Path:
        return home.root / self._path


@dataclass(frozen=True)
class Home:
    """The folder of one organisation (KRING_HOME) and the places in it."""

    root: Path
    settings: Settings = field(repr=False)

    @staticmethod
    def open(root: Path | None = None) -> Home:
        """The home that is meant; raises HomeError where it is none that can be used."""
        chosen = meant(root)
        if not (chosen / "kring.toml").is_file():
            raise HomeError(f"{chosen} is no kring home (no kring.toml); make one: kring init DIR")
        require_plain(chosen)
        home = Home(chosen, read_settings(chosen / "kring.toml"))
        home.require_format()
        return home

    # what people put there
    landing = _Place("landing")
    sources = _Place("sources")
    register = _Place("register")
    reference = _Place("reference")
    report_texts = _Place("report")
    own_metrics = _Place("metrics")
    own_checks = _Place("checks")
    key = _Place("key")
    # what the pipeline keeps
    lake = _Place("lake")
    ledger = _Place("lake/ledger")
    chunks = _Place("lake/raw")
    rejects = _Place("lake/rejects")
    keys = _Place("lake/keys")
    outputs = _Place("lake/outputs")
    format_file = _Place("lake/format")
    began_file = _Place("lake/began.json")  # stands while a run works; a killed one leaves it
    key_history = _Place("lake/key.history.json")
    # what must never be lost: the log of decisions and the closed revisions
    record = _Place("record")
    decisions = _Place("record/decisions.jsonl")
    # what readers see
    published = _Place("published")
    versions = _Place("published/versions")
    current = _Place("published/current")
    status_file = _Place("published/status.json")
    dagster = _Place("dagster")
    sample_marker = _Place("sample.json")

    # a worker that builds a part has these elsewhere
    @property
    def scratch(self) -> Path:
        return self.lake / "tmp"

    @property
    def lock_file(self) -> Path:
        return self.lake / "run.lock"

    def rejects_file(self, source: str, file_id: str) -> Path:
        return self.rejects / source / f"{file_id}.parquet"

    def chunk(self, kind: str, source: str, file: str) -> Path:
        # one path, not five joined: it is asked for of each file at each look
        return Path(self.root, "lake", "raw", kind, source, file)

    def revision(self, name: str) -> Path:
        return self.record / "revisions" / name

    def sample(self) -> dict[str, object] | None:
        """The mark of a sample home (synthetic, last_year, scale, seed), or None."""
        if not self.sample_marker.is_file():
            return None
        try:
            marker: dict[str, object] = json.loads(self.sample_marker.read_text())
            int(str(marker["last_year"]))
        except (ValueError, KeyError, TypeError):
            raise HomeError(
                f"{self.sample_marker} is damaged; it marks this home's exports as synthetic. Put "
                "it back from a backup, or begin a new home (kring init, kring sample)"
            ) from None
        return marker

    def last_month(self) -> date | None:
        """The last month this home reports: by its settings, or the sample's end."""
        marker = self.sample()
        if self.settings.last_month or not marker:
            return self.settings.last_month
        return date(int(str(marker["last_year"])), 12, 1)

    def require_format(self) -> None:
        """Refuse a lake of a later kring; one without a number is of the first version."""
        there = self.format_file.is_file()
        text = self.format_file.read_text(errors="replace").strip() if there else str(FORMAT)
        if not text.isdecimal():
            raise HomeError(
                f"{self.format_file} says {text[:20]!r}, which is no number of a format; put it "
                f"back from a backup, or write {FORMAT} where no later kring has worked here"
            )
        if int(text) > FORMAT:
            raise HomeError(
                f"{self.format_file} says format {text[:20]!r}, and this kring reads up to "
                f"{FORMAT}: the lake was written by a later version; install that version again, "
                "or restore the backup made before the upgrade (kring restore)"
            )

    def today(self) -> date:
        """The local date in the organisation's zone."""
        return datetime.now(ZoneInfo(self.settings.timezone)).date()
