"""Which files of landing are to be read now, judged by stat and ledger alone.

Both the judge (is there anything new?) and ingest (what shall I read?) ask here, so they
cannot disagree. Imports nothing heavy: this answers `kring status`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from assets.arrivals.landing import Found
from assets.arrivals.ledger import Ledger
from assets.arrivals.ledger_record import WITHDRAWN, Delivery
from assets.arrivals.sources import Source
from assets.home import Home
from assets.lake import digest, sha256_file
from sql.run import HERE

_SCHEMAS = Path(__file__).resolve().parent.parent.parent / "schemas"
# beside the contracts: of the register, of printed figures, and what is proposed to a person
_OF_NO_ROWS = ("register", "service_", "reference", "proposals")


@dataclass(frozen=True)
class Pending:
    """A file that a source has to read, and why."""

    found: Found
    source: Source
    known: Delivery | None
    why: str


def contract_files() -> list[Path]:
    """The code that converts and checks rows of exports."""
    return [p for p in sorted(_SCHEMAS.glob("*.py")) if not p.name.startswith(_OF_NO_ROWS)]


@cache
def contracts_fingerprint() -> str:
    """Digest of the code that converts and checks rows: a change re-reads the files."""
    return digest(*((path.name, sha256_file(path)) for path in contract_files()))


@cache
def _macros() -> str:
    return sha256_file(HERE / "source_macros.sql")


def rules_of(home: Home, source: Source) -> str:
    """Digest of all that decides what a file's rows become."""
    settings = home.settings
    return digest(
        source.fingerprint,
        contracts_fingerprint(),
        _macros(),
        settings.timezone,
        settings.first_month,
        settings.country_code,
    )


def pending(
    home: Home, found: list[Found], sources: tuple[Source, ...], ledger: Ledger, as_of: date
) -> list[Pending]:
    """Files to read, in order of path: new, changed, or read by rules that have changed."""
    rules = {source.name: rules_of(home, source) for source in sources}
    todo = []
    for file in found:
        for source in file.sources:
            known = ledger.known(source.name, file.path, file.stamp)
            why = _why(home, known, file, rules[source.name], as_of)
            if why:
                todo.append(Pending(file, source, known, why))
    return todo


def is_lost(home: Home, delivery: Delivery) -> bool:
    """Whether the rows a delivery gave are gone from the lake; its file is then read again."""
    return any(not path.is_file() for path in delivery.files(home))


def _why(home: Home, known: Delivery | None, file: Found, rules: str, as_of: date) -> str:
    if known is None:
        return "new"
    if known.status == WITHDRAWN:
        return ""
    if known.is_given_back:
        return "its withdrawal was taken back"
    if known.rules != rules:
        return "source or contract changed"
    if known.expected != file.expected:
        return "its .done file has changed"
    if known.awaits_later_day and known.as_of < as_of.isoformat():
        return "held rows of a later day"
    if is_lost(home, known):
        return "its rows are gone from the lake"
    return ""


def renamed(sources: tuple[Source, ...], ledger: Ledger) -> list[tuple[str, str]]:
    """Sources whose records still stand under the name they had before (`was:`)."""
    names = {source.name for source in sources}
    known = {delivery.source for delivery in ledger.deliveries()}
    return [
        (source.was, source.name)
        for source in sources
        if source.was and source.was in known and source.was not in names
    ]
