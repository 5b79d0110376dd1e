"""`kring checks`: what is checked, what failed, and the rows that should not be."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from assets.arrivals.ledger_record import LOADED
from assets.building.plan import Plan
from assets.building.tables import offending_rows
from assets.home import HomeError
from assets.publishing.accounting import printable
from assets.publishing.findings import counted_rows
from pipelines.commands import completion
from pipelines.commands.options import AsOfOption, HomeOption, JsonOption, open_home, parse_as_of
from pipelines.commands.terminal import console, print_json, print_table, say_sample

SHOWN_ROWS = 20


def checks(
    check: Annotated[
        str | None,
        typer.Argument(help="Name of a check: show its rows.", autocompletion=completion.checks),
    ] = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the data checks, or what one of them found.

    Example: kring checks volume_by_day
    """
    place = open_home(home)
    plan = Plan(place, parse_as_of(place, as_of))
    if check is not None and check not in plan.rules.checks:
        raise HomeError(f"there is no check {check}; kring checks lists them")
    content = [_one(plan, check)] if check else [_one(plan, name, 0) for name in plan.rules.checks]
    if as_json:
        print_json(content[0] if check else content)
        return
    say_sample(place)
    if check:
        _print_one(content[0])
    else:
        _print_all(content)


def _one(plan: Plan, name: str, rows: int = SHOWN_ROWS) -> dict[str, object]:
    """A check with the months in which it failed, and the first of their rows."""
    header = plan.rules.checks[name].header
    results = [r for r in plan.check_results() if r["check_id"] == name]
    return {
        "check_id": name, "title": header["title"], "severity": header["severity"],
        "tolerance": header.get("tolerance", "0"), "reason": header["reason"],
        "months": len(results),
        "failed": [_failed(plan, r, rows) for r in results if not r["passed"]],
    }  # fmt: skip


def _failed(plan: Plan, result: dict[str, object], rows: int) -> dict[str, object]:
    name, month = str(result["check_id"]), result["month"]
    assert isinstance(month, date)
    found = {"rows": _with_paths(plan, offending_rows(plan, name, month, rows))} if rows else {}
    return {key: result[key] for key in ("month", "offending_rows", "tolerance")} | found


def _with_paths(plan: Plan, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The rows with the path of their file, by which a person finds it."""
    paths = {d.file_id: printable(d.path) for d in plan.ledger.deliveries() if d.status == LOADED}
    return [
        row | {"path": paths.get(str(row["file_id"]))} if "file_id" in row else row for row in rows
    ]


def _print_all(content: list[dict[str, object]]) -> None:
    rows = []
    for one in content:
        failed = one["failed"]
        assert isinstance(failed, list)
        months = ", ".join(f"{f['month']:%Y-%m}" for f in failed) or "-"
        rows.append((str(one["check_id"]), str(one["severity"]), months, str(one["title"])))
    print_table("Data checks", ("check", "severity", "failed in", "what should be"), rows)
    count = sum(bool(one["failed"]) for one in content)
    console().print(f"{count} of {len(content)} checks failed in some month")


def _print_one(one: dict[str, object]) -> None:
    screen = console()
    screen.print(f"{one['title']} ({one['severity']}, tolerance {one['tolerance']})")
    screen.print(f"why: {one['reason']}")
    failed = one["failed"]
    assert isinstance(failed, list)
    for month in failed:
        title = f"{month['month']:%Y-%m}: {counted_rows(month['offending_rows'])}"
        columns = tuple(name for name in month["rows"][0] if name != "file_id")
        print_table(title, columns, [[str(row[c]) for c in columns] for row in month["rows"]])
    if not failed:
        screen.print(f"passed in all {one['months']} months")
    elif one["severity"] == "block":
        screen.print("all rows: ops.check_rows; mend the data and run again")
    else:
        screen.print(
            "all rows: ops.check_rows; what is in order, register/accepted_findings.csv may say"
        )
