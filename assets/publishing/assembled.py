"""A table of rows that many small statements give: steps that several read, and its parts.

Belongs here: how a folder of such statements is executed. What they say, and the table that is
made of the parts, is for those who name the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assets.lake import digest
from sql.header import Keys, Statement
from sql.run import HERE, create, quoted, statements


@dataclass(frozen=True)
class Assembled:
    """A folder of `sql`: the steps in their order, and the folder of its parts."""

    folder: str
    parts: str
    steps: tuple[str, ...]

    @cached_property
    def _steps(self) -> dict[str, Statement]:
        return statements(HERE / self.folder / "steps", Keys.of("title grain", "reads"))

    @cached_property
    def _parts(self) -> dict[str, Statement]:
        return statements(HERE / self.folder / self.parts, Keys.of("title"))

    @property
    def fingerprint(self) -> str:
        """Digest of all statements."""
        rules = (*self._steps.values(), *self._parts.values())
        return digest([(rule.name, rule.fingerprint) for rule in rules])

    def lay_out(self, con: Any) -> None:
        """Leave a temp table for each step, and a view of all parts, named as their folder."""
        for name in self.steps:
            create(con, self._steps[name], quoted(name), "temp table")
        for name, part in self._parts.items():
            create(con, part, quoted(f"{self.parts} {name}"), "temp table")
        each = (f"from {quoted(f'{self.parts} {name}')}" for name in self._parts)
        together = " union all by name ".join(each)
        con.execute(f"create or replace temp view {self.parts} as {together}")
