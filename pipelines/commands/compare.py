"""`kring compare`: the same contacts by every rule, and the way from the house's to each."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assets.database import of_any_age, open_database
from assets.record.revisions import month_names, standing
from assets.rounding import rounded
from pipelines.commands.options import HomeOption, JsonOption, open_home, parse_period, published
from pipelines.commands.terminal import console, print_json, print_table, say, say_sample

if TYPE_CHECKING:
    from assets.answers.comparison import Comparison, Rule, Step

_NUMBERS = ("numerator", "denominator", "%")


def compare(
    period: Annotated[str, typer.Argument(help="2024-03, 2024-Q1, 2024.")],
    channel: Annotated[str | None, typer.Option(help="Only this channel: phone, chat.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the service level by every rule, step by step.

    Example: kring compare 2024-03
    """
    from assets.answers.comparison import Comparer

    place = open_home(home)
    year, name = parse_period(period, or_month=True)
    version = published(place)
    with of_any_age(version.manifest), open_database(version.database) as connection:
        comparer = Comparer(connection)
        months = comparer.months(year, name)
        found = comparer.compare(months, channel, queue)
    asked = {f"{month:%Y-%m}" for month in months}
    closed = [r for r in standing(place) if asked.intersection(month_names(r.year, r.period))]
    if as_json:
        print_json(
            {"is_sample": place.sample() is not None, "months": [f"{m:%Y-%m}" for m in months],
             "closed": [r.name for r in closed],
             "channels": [_as_json(comparison) for comparison in found]}
        )  # fmt: skip
        return
    say_sample(place)
    for revision in closed:
        said = f"{revision.year}-{revision.period} is closed; what came since is counted here"
        say("as now", f": {said}")
    for comparison in found:
        of = " ".join(filter(None, (comparison.channel, queue)))
        _print(f"Service level {period.upper()}, {of}", comparison)


def _as_json(comparison: Comparison) -> dict[str, Any]:
    content = asdict(comparison)
    for rule, shown in zip(comparison.rules, content["rules"], strict=True):
        shown["value"] = rule.figure.value
        for step, shown_step in zip(rule.steps, shown["steps"], strict=True):
            shown_step["value"] = step.value
    return content


def _print(title: str, comparison: Comparison) -> None:
    screen = console()
    if comparison.status not in ("measured", "in_progress"):
        say(title, f": {comparison.status} {comparison.reason}\n")
        return
    if comparison.status == "in_progress":
        title += " in_progress"
    print_table(
        title,
        ("rule", *_NUMBERS, "95 % interval"),
        [_line(rule) for rule in comparison.rules],
        (*_NUMBERS, "95 % interval"),
    )
    policies = ", ".join(comparison.policies)
    screen.print(f"in_force: the policy in force, {policies}", end="\n\n")
    for rule in comparison.rules[1:]:
        _print_bridge(rule)


def _line(rule: Rule) -> tuple[str, ...]:
    known = rule.lower_95 is not None
    interval = f"{_percent(rule.lower_95)} to {_percent(rule.upper_95)}" if known else "-"
    return (rule.rule, *_counts(rule.figure), interval)


def _print_bridge(rule: Rule) -> None:
    """The steps that change something, from the figure in force to the rule's."""
    screen = console()
    screen.print(f"{rule.rule}: {rule.title}", style="bold cyan")
    screen.print(rule.follows, style="dim")
    if rule.reason:
        say("no figure", f": {rule.reason}\n")
        return
    changes = [step for step in rule.steps[1:] if step.is_change]
    if not changes:
        screen.print("no contact changes: the same as in_force", end="\n\n")
        return
    start, end = rule.steps[0], rule.figure
    print_table(
        "",
        ("step", *_NUMBERS),
        [
            ("in_force", *_counts(start)),
            *(_changes(step) for step in changes),
            (f"= {rule.rule}", *_counts(end)),
        ],
        _NUMBERS,
    )


def _counts(step: Step) -> tuple[str, ...]:
    return (_count(step.numerator), _count(step.denominator), _percent(step.value))


def _changes(step: Step) -> tuple[str, ...]:
    return (
        f"{step.switch}: {step.from_value} -> {step.to_value}",
        _change(step.numerator_change),
        _change(step.denominator_change),
        _percent(step.value),
    )


def _percent(share: float | None) -> str:
    return rounded(None if share is None else 100 * share)


def _count(contacts: int | None) -> str:
    return "-" if contacts is None else f"{contacts:,}"


def _change(contacts: int | None) -> str:
    return "-" if contacts is None else f"{contacts:+,}" if contacts else "0"
