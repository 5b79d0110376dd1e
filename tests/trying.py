"""A source tried by `kring check-source` on the text of one export, and what it notes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from commands import Command, Said
from small_home import add_source, make_home

CALLS = """-- title: T
-- kind: calls
-- files: z/*.csv
-- format: csv
select _row, id as contact_id, "at" as entered_at, 'flow_out' as outcome from export
"""


class Check:
    """Tries a source on a file of landing; without a file's text, on none."""

    def __init__(self, root: Path, command: Command) -> None:
        self._root, self._command = root, command

    def __call__(self, source: str, text: str = "", file: str = "z/a.csv", *options: str) -> Said:
        home = make_home(self._root)
        add_source(home, "t", source)
        export = []
        if text:
            path = home.landing / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            export = [str(path)]
        place = str(home.sources / "t.sql")
        return self._command(home.root, "check-source", place, *export, *options)


def notes(said: Said) -> list[Any]:
    return [line.removeprefix("note: ") for line in said.out.splitlines() if "note: " in line]
