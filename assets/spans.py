"""Facts whose rows of a month rest on other months (a case, its attempts, its payments).

Such a fact is small enough to be looked at whole after each ingest: what its rows of each
month come to is that month's fingerprint, so a payment in May for a case of March changes
March alone, whatever moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from assets.home import Home
from assets.lake import read_json, write_json
from sql.header import Statement
from sql.run import failure


def recorded(home: Home, rule: Statement, inputs: str, month: date) -> str:
    """The month's digest if it stands for these inputs, else their digest (so: stale)."""
    record = read_json(_path(home, rule))
    if record is None or record["inputs"] != inputs:
        return f"unknown {inputs}"
    return str(record["months"].get(f"{month:%Y-%m}", "no rows"))


def is_current(home: Home, rule: Statement, inputs: str) -> bool:
    record = read_json(_path(home, rule))
    return record is not None and record["inputs"] == inputs


def survey(
    home: Home, connection: Any, rule: Statement, inputs: str, parts: Iterable[None]
) -> None:
    """Look at the fact whole, part by part, and record what each month comes to."""
    query = (
        "select strftime(month, '%Y-%m'), cast(sum(cast(hash(rule) as hugeint)) as text), "
        f"count(*) from ({rule.body}) as rule group by 1"
    )
    sums: dict[str, tuple[int, int]] = {}
    for _ in parts:
        try:
            rows = connection.execute(query).fetchall()
        except Exception as error:
            raise failure(rule, error) from None
        for month, hashes, count in rows:
            before = sums.get(month, (0, 0))
            sums[month] = (before[0] + int(hashes), before[1] + count)
    months = {month: f"{hashes} {count}" for month, (hashes, count) in sorted(sums.items())}
    write_json(home, _path(home, rule), {"inputs": inputs, "months": months})


def _path(home: Home, rule: Statement) -> Path:
    return home.lake / "spans" / f"{rule.name}.json"
