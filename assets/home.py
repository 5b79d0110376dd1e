"""One home is one organisation: its settings and every path under it.

The only module that builds paths. Also the run lock, which is the kernel's (flock), so a
killed run leaves nothing to clean. No knowledge of what the files hold.
"""

from __future__ import annotations

import fcntl
import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

TEMPLATE = Path(__file__).resolve().parent.parent / "data"
_SETTINGS: dict[str, dict[str, type]] = {
    "organisation": {
        "name": str,
        "timezone": str,
        "first_month": str,
        "last_month": str,
    },
    "ingest": {"settle_seconds": int, "max_file_mb": int},
    "published": {"keep_versions": int, "grace_hours": int},
    "nightly": {"cron": str},
}


class HomeError(RuntimeError):
    """A home that cannot be used as it is; the message says what to do."""


class BusyError(RuntimeError):
    """Another run holds the home's lock."""


@dataclass(frozen=True)
class Settings:
    """`kring.toml`, checked."""

    name: str
    timezone: str
    first_month: date
    last_month: date | None = None
    settle_seconds: int = 2
    max_file_mb: int = 4096
    keep_versions: int = 14
    grace_hours: int = 24
    cron: str = "0 4 * * *"


@dataclass(frozen=True)
class Home:
    """The folder of one organisation (KRING_HOME) and the places in it."""

    root: Path
    settings: Settings = field(repr=False)

    @staticmethod
    def open(root: Path | None = None) -> Home:
        """The home named by argument, else KRING_HOME, else the checkout's `data/`."""
        chosen = root or Path(os.environ.get("KRING_HOME") or TEMPLATE)
        chosen = chosen.expanduser().resolve()
        if not (chosen / "kring.toml").is_file():
            raise HomeError(f"{chosen} is no kring home (no kring.toml); make one: kring init DIR")
        return Home(chosen, read_settings(chosen / "kring.toml"))

    # what people put there
    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def register(self) -> Path:
        return self.root / "register"

    @property
    def reference(self) -> Path:
        return self.root / "reference"

    @property
    def report_texts(self) -> Path:
        return self.root / "report"

    @property
    def own_metrics(self) -> Path:
        return self.root / "metrics"

    @property
    def own_checks(self) -> Path:
        return self.root / "checks"

    @property
    def key(self) -> Path:
        return self.root / "key"

    # what the pipeline keeps
    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def ledger(self) -> Path:
        return self.lake / "ledger"

    @property
    def chunks(self) -> Path:
        return self.lake / "raw"

    @property
    def rejects(self) -> Path:
        return self.lake / "rejects"

    def rejects_file(self, source: str, file_id: str) -> Path:
        return self.rejects / source / f"{file_id}.parquet"

    def chunk(self, kind: str, source: str, file: str) -> Path:
        return self.chunks / kind / source / file

    @property
    def keys(self) -> Path:
        return self.lake / "keys"

    @property
    def outputs(self) -> Path:
        return self.lake / "outputs"

    @property
    def scratch(self) -> Path:
        return self.lake / "tmp"

    @property
    def lock_file(self) -> Path:
        return self.lake / "run.lock"

    # what must never be lost: the log of decisions and the closed revisions
    @property
    def record(self) -> Path:
        return self.root / "record"

    @property
    def decisions(self) -> Path:
        return self.record / "decisions.jsonl"

    def revision(self, name: str) -> Path:
        return self.record / "revisions" / name

    # what readers see
    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def versions(self) -> Path:
        return self.published / "versions"

    @property
    def current(self) -> Path:
        return self.published / "current"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def sample_marker(self) -> Path:
        return self.root / "sample.json"

    def sample(self) -> dict[str, object] | None:
        """The marker of a sample home (year, seed, scale, as_of), or None."""
        if not self.sample_marker.is_file():
            return None
        marker: dict[str, object] = json.loads(self.sample_marker.read_text())
        return marker

    def last_month(self) -> date | None:
        """The last month this home reports: by its settings, or the sample's end."""
        marker = self.sample()
        if self.settings.last_month or not marker:
            return self.settings.last_month
        return date(int(str(marker["last_year"])), 12, 1)

    def today(self) -> date:
        """The local date in the organisation's zone."""
        return datetime.now(ZoneInfo(self.settings.timezone)).date()


def read_settings(path: Path) -> Settings:
    """Load and check `kring.toml`; raises HomeError naming key and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HomeError(f"kring.toml: not readable as TOML ({error})") from None
    values: dict[str, object] = {}
    for section, keys in given.items():
        known = _SETTINGS.get(section)
        if known is None or not isinstance(keys, dict):
            raise _fault(text, section, f"unknown section [{section}]; {_known(_SETTINGS)}")
        for key, value in keys.items():
            if key not in known:
                raise _fault(text, key, f"unknown key {section}.{key}; {_known(known)}")
            if type(value) is not known[key]:
                raise _fault(text, key, f"{section}.{key} must be {known[key].__name__}")
            values[key] = value
    for key in ("name", "timezone", "first_month"):
        if not values.get(key):
            raise _fault(text, key, f"organisation.{key} is missing or empty; fill it in")
    return Settings(**_checked(text, values))  # type: ignore[arg-type]


def _fault(text: str, key: str, advice: str) -> HomeError:
    """An error about a setting, with the line on which it stands."""
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip(" [").startswith(key)]
    at = f" line {lines[0]}" if lines else ""
    return HomeError(f"kring.toml{at}: {advice}")


def _known(names: object) -> str:
    return f"known are {', '.join(sorted(names))}"  # type: ignore[call-overload]


def _checked(text: str, values: dict[str, object]) -> dict[str, object]:
    try:
        ZoneInfo(str(values["timezone"]))
    except (KeyError, ValueError, OSError):
        raise HomeError(
            "kring.toml: organisation.timezone is no zone of the tz database (such as Asia/Jakarta)"
        ) from None
    given = [key for key in ("first_month", "last_month") if key in values]
    months: dict[str, object] = {key: _month(text, key, str(values[key])) for key in given}
    for key in ("settle_seconds", "max_file_mb", "keep_versions", "grace_hours"):
        if isinstance(count := values.get(key, 1), int) and count < (key == "keep_versions"):
            raise _fault(text, key, f"{key} must not be below {int(key == 'keep_versions')}")
    return {**values, **months}


def _month(text: str, key: str, value: str) -> date:
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        raise _fault(text, key, f'organisation.{key} must read like "2024-01"') from None


_held: dict[Path, int] = {}


@contextmanager
def run_lock(home: Home, *, wait: bool) -> Iterator[None]:
    """Hold the home for writing; re-entrant within the process.

    Raises BusyError, naming the holder's start, where `wait` is false and another run works.
    """
    path = home.lock_file
    if _held.get(path):
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            since = os.pread(descriptor, 64, 0).decode(errors="replace").strip()
            raise BusyError(f"another run holds this home since {since or 'just now'}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, datetime.now().astimezone().isoformat("T", "seconds").encode(), 0)
        _held[path] = 1
        yield
    finally:
        _held.pop(path, None)
        os.close(descriptor)
