"""`kring diff`: what differs between two versions, with the cause of each difference."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from assets.home import Home, HomeError
from assets.record.versions import Version, absent, versions
from assets.rounding import rounded
from pipelines.commands import completion
from pipelines.commands.options import HomeOption, JsonOption, open_home, published
from pipelines.commands.terminal import (
    console,
    named_figure,
    print_json,
    print_table,
    say,
    say_sample,
)

_SHOWN, _NEW = 40, 10
# of a metric there is a number for each queue and source
_ORDER = "period, level, id, basis, table_name, channel, queue, service, source"


def diff(
    before: Annotated[
        str,
        typer.Argument(
            help="Id of a version, or its beginning.", autocompletion=completion.versions
        ),
    ],
    after: Annotated[str, typer.Argument(help="Id of another; default: the current.")] = "current",
    everything: Annotated[bool, typer.Option("--all", help="List every number.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which numbers differ and why.

    Example: kring diff 20240701T210000Z-1a2b3c4d
    """
    place = open_home(home)
    first, second = _named(place, before), _named(place, after)
    numbers, rows, new = differences(first, second)
    if as_json:
        print_json(
            {"before": first.id, "after": second.id, "numbers": numbers, "register": rows,
             "new": new}
        )  # fmt: skip
        return
    say_sample(place)
    console().print(f"from {first.id} to {second.id}")
    _print_register(rows)
    _print_numbers(numbers, everything)
    print_new(new, everything)


def differences(
    before: Version, after: Version
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Numbers that differ with their causes, register rows that differ, and what is new."""
    from assets.publishing.provenance import appeared, compare, snapshot
    from sql.run import connect, literal, records

    with connect("UTC") as con:
        for mark, version in (("before", before), ("after", after)):
            con.execute(f"attach {literal(version.database)} as {mark}_db (read_only)")
            snapshot(con, f"{mark}_db", mark, version.manifest)
        compare(con)
        numbers = records(con, f"from found order by {_ORDER}")
        return numbers, records(con, "from register_found order by all"), appeared(con)


def _named(home: Home, text: str) -> Version:
    if text == "current":
        return published(home)
    found = [version for version in versions(home) if version.id.startswith(text)]
    if len(found) != 1:
        if not found:
            raise HomeError(absent(home, f"no version begins with {text}", text))
        raise HomeError(f"several versions begin with {text}; kring versions lists them")
    return found[0]


def _print_register(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        since = f" from {row['valid_from']}" if row["valid_from"] else ""
        said = "; ".join(
            f"{word} {row[column]}" for word, column in (("was", "was"), ("is", "now"))
            if row[column]
        )  # fmt: skip
        named = f"{row['table_name']} {row['row_key']}{since} {row['change']}"
        say("register", f" {named}: {said}", "cyan")


def _print_numbers(numbers: list[dict[str, Any]], everything: bool) -> None:
    """The numbers by their cause, each with what it was and is."""
    if not numbers:
        console().print("no published number differs")
        return
    chosen = numbers if everything else _without_followers(numbers)
    shown = chosen if everything else chosen[:_SHOWN]
    console().print(f"{len(numbers)} numbers differ")
    causes = {n["cause"]: None for n in shown}
    for cause in causes:
        said = cause or "nothing that they rest on changed: altered by hand"
        say("\nbecause", f" {said}", "cyan")
        rows = [n for n in shown if n["cause"] == cause]
        print_table(
            "", ("period", "figure", "before", "after"),
            [(n["period"], named_figure(n), *_values(n)) for n in rows], right=("before", "after"),
        )  # fmt: skip
    if len(shown) < len(numbers):
        console().print(f"{len(numbers) - len(shown)} more with --all")


def _without_followers(numbers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the pooled cells, which follow from the months and are listed with --all.

    Of a month that had nothing to count until an export came, no row by queue was there to differ:
    the cell tells, and not the row that said so, which is gone.
    """
    begun = [
        number for number in numbers
        if number["table_name"] == "metric.monthly" and number["new_status"] is None
        and number["old_status"] in ("no_volume", "in_progress") and not number["old_denominator"]
    ]  # fmt: skip
    told = {_cell(number) for number in begun}
    return [
        number for number in numbers
        if (_cell(number) in told if number["table_name"] == "kpi.cells" else number not in begun)
    ]  # fmt: skip


def _cell(number: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(number[name] for name in ("period", "id", "channel", "service"))


def print_new(rows: list[dict[str, Any]], everything: bool) -> None:
    """What has figures only now, which restate none: where a queue that is gone may have gone."""
    for row in rows if everything else rows[:_NEW]:
        named = " ".join(row[each] for each in ("channel", "queue", "service") if row[each])
        span = row["first_month"]
        span += f" to {row['last_month']}" if row["last_month"] != span else ""
        # what comes of several kinds of files has no source, and may have no other name either
        source = f" of source {row['source']}" if row["source"] else ""
        say("new", f" {named or row['metrics']}{source}, {span}", "cyan")
    if not everything and len(rows) > _NEW:
        console().print(f"{len(rows) - _NEW} more are new, with --all")


def _values(row: dict[str, Any]) -> tuple[str, str]:
    """Value before and after; where it is the same, what it is made of that is not."""
    digits = 4 if row["table_name"] == "metric.monthly" else 2
    before, after = (rounded(row[f"{mark}_value"], digits) for mark in ("old", "new"))
    if row["old_value"] != row["new_value"]:
        return before, after
    if row["table_name"] == "kpi.scorecard":
        for column, what in (("numerator", "realisation"), ("denominator", "target")):
            old, new = row[f"old_{column}"], row[f"new_{column}"]
            if old != new:
                return f"{what} {rounded(old)}", f"{what} {rounded(new)}"
        return "", ""
    # one part alone would pass for the value
    old, new = _parts(row, "old"), _parts(row, "new")
    return (f"{before} = {old}", f"{after} = {new}") if old != new else ("", "")


def _parts(row: dict[str, Any], mark: str) -> str:
    """Numerator and denominator, whole numbers without places."""
    parts = row[f"{mark}_numerator"], row[f"{mark}_denominator"]
    return " / ".join(rounded(part, 2 if part and part % 1 else 0) for part in parts)
