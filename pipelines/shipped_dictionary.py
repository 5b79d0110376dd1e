"""docs/dictionary.md: the dictionary of the home as shipped, without exports or a sample.

An empty home is published in a temporary folder and its dictionary written, or compared with
the one that stands: `python -m pipelines.shipped_dictionary [--check] FILE`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import closing
from datetime import date
from difflib import unified_diff
from pathlib import Path

from assets.building.plan import Plan
from assets.building.session import Session
from assets.dictionary import DictionaryError, as_markdown, read_dictionary
from assets.dictionary.entries import lacking
from assets.graph import steps
from assets.home import TEMPLATE, Home
from assets.intake.ingest import ingest
from assets.record.versions import current

_SHOWN_LINES = 20


def shipped() -> str:
    """The Markdown dictionary of an empty home laid out as shipped."""
    with tempfile.TemporaryDirectory(prefix="kring-dictionary-") as folder:
        home = _publish_empty(Path(folder))
        version = current(home)
        assert version is not None, "the run just made one"
        found = read_dictionary(Plan(home, _as_of(home)), version.database)
    if forgotten := lacking(found.tables):
        raise DictionaryError(
            f"no example of {', '.join(forgotten)}; it belongs into schemas/examples.csv"
        )
    return as_markdown(found)


def _publish_empty(root: Path) -> Home:
    for name in ("sources", "register"):
        shutil.copytree(TEMPLATE / name, root / name)
    settings = (TEMPLATE / "kring.toml").read_text(encoding="utf-8")
    (root / "kring.toml").write_text(settings, encoding="utf-8")
    (root / "landing").mkdir()
    home = Home.open(root)
    ingest(home, _as_of(home))
    with closing(Session(home, _as_of(home), forced=False)) as session:
        for step in steps(session.plan.rules):
            step.build(session, home.settings.first_month if step.is_monthly else None)
    return home


def _as_of(home: Home) -> date:
    """A day in the first month: one month is enough to publish every table."""
    return home.settings.first_month.replace(day=15)


def main(arguments: list[str]) -> int:
    """Write the file, or with --check say how it differs; 1 where it does."""
    path = Path(arguments[-1])
    try:
        text = shipped()
    except DictionaryError as error:
        sys.stderr.write(f"kring: {error}\n")
        return 1
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8", newline="\n")
        return 0
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    changes = list(unified_diff(written.splitlines(), text.splitlines(), n=0, lineterm=""))[2:]
    if changes:
        sys.stderr.write("\n".join([f"{path} is not what the rules say; write it: make docs",
                                    *changes[:_SHOWN_LINES], ""]))  # fmt: skip
    return 1 if changes else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
