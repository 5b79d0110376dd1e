"""`kring explain` and `kring scorecard`: figures with what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assets.database import of_any_age, open_database
from assets.home import HomeError
from assets.rounding import rounded
from pipelines.commands import completion
from pipelines.commands.options import (
    HomeOption,
    JsonOption,
    open_home,
    parse_period,
    parse_period_of,
    published,
)  # fmt: skip
from pipelines.commands.terminal import (
    console,
    print_json,
    print_line,
    print_table,
    say,
    say_sample,
)
from sql.run import records

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from assets.answers.explained import Node

_SHOWN_FILES = 6
_CALENDAR = ("rule event_kinds ", "rule events ", "rule service_hours ")


def explain(
    figure: Annotated[
        str,
        typer.Argument(
            help="Code or id: 3a-N, objective_3, NKO, csi_index, service_level.",
            autocompletion=completion.figures,
        ),
    ],
    period: Annotated[str, typer.Argument(help="2024-Q3, 2024-S1, 2024-YTD-Q3, 2024, 2024-03.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="Below KPIs too, and each rule of hours and events.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a figure rests on, down to files.

    Example: kring explain 3a-N 2024-Q3
    """
    from assets.answers.explanation import Explainer

    place = open_home(home)
    year, name = parse_period(period, or_month=True)
    version = published(place)
    with of_any_age(version.manifest), open_database(version.database) as connection:
        node = Explainer(connection).explain(figure, year, name)
    if as_json:
        print_json({"is_sample": place.sample() is not None, **node.as_json()})
        return
    say_sample(place)
    console().print(_tree(node, whole))


def _tree(node: Node, whole: bool) -> Tree:
    from rich.tree import Tree

    tree = Tree(_line(node))
    _grow(tree, node, whole)
    return tree


def _grow(tree: Tree, node: Node, whole: bool) -> None:
    from rich.text import Text

    files = [child for child in node.children if child.what.startswith("file ")]
    rules = [] if whole else [c for c in node.children if c.what.startswith(_CALENDAR)]
    for child in node.children:
        if child in rules or child in files[_SHOWN_FILES:]:
            continue
        branch = tree.add(_line(child))
        # a KPI below another level is a summary: it is explained by its own name
        if whole or not child.what.startswith("kpi "):
            _grow(branch, child, whole)
    if rules:
        more = f"and {len(rules)} rules of service hours and events (--whole lists them)"
        tree.add(Text(more, "dim"))
    if len(files) > _SHOWN_FILES:
        others = files[_SHOWN_FILES:]
        rows = sum(child.detail.get("rows", 0) for child in others)
        more = f"and {len(others)} more files with {rows} rows (--json lists them)"
        tree.add(Text(more, "dim"))


def _line(node: Node) -> Text:
    from rich.text import Text

    numbers = ""
    if node.detail.get("denominator") is not None:
        numbers = f" = {_count(node.detail['numerator'])} / {_count(node.detail['denominator'])}"
    value = f" {rounded(node.value)}" if node.value is not None else ""
    status = "" if node.status == "measured" else f" {node.status}"
    target = node.detail.get("target") if "index" in node.detail else None
    against = f" (target {rounded(target)})" if target is not None else ""
    return Text.assemble(
        (node.what, "cyan"), (value, "bold"), f"{numbers}{against}", (status, "yellow"),
        f" {node.text}",
    )  # fmt: skip


def _count(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def scorecard(
    year: Annotated[int, typer.Argument(help="The year.")],
    period: Annotated[str, typer.Option(help="Q1, Q2, S1, Q3, YTD-Q3, Q4 or Y.")] = "Y",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the published scorecard.

    Example: kring scorecard 2024 --period Q3
    """
    period, place = parse_period_of(year, period), open_home(home)
    version = published(place)
    with open_database(version.database) as connection:
        rows = records(
            connection,
            "select * from kpi.scorecard where year = ? and period = ? order by "
            "list_position(['organisation', 'perspective', 'objective', 'kpi'], level), code, id, "
            "basis",
            [year, period],
        )
        known = connection.execute("select distinct year, period from kpi.scorecard order by all")
        periods = ", ".join(f"{its_year}-{name}" for its_year, name in known.fetchall())
    if not rows:
        raise HomeError(
            f"{version.id} holds no scorecard for {year}-{period}; it holds "
            f"{periods or 'none: no KPI of register/kpis.csv is in force in its months'}"
        )
    if as_json:
        print_json({"is_sample": place.sample() is not None, "rows": rows})
        return
    say_sample(place)
    _print_scorecard(f"Scorecard {year}-{period}", rows)
    print_line(f"database: {place.current / 'kring.duckdb'}")


def _print_scorecard(title: str, rows: list[dict[str, Any]]) -> None:
    both: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        both.setdefault(row["id"], {})[row["basis"]] = row
    lines, states = [], []
    for bases in both.values():
        computed, reported = bases.get("computed", {}), bases.get("reported", {})
        any_basis = computed or reported
        code, name = str(any_basis["code"] or ""), str(any_basis["name_en"])
        lines.append(
            (
                code,
                ("  " * (any_basis["level"] == "kpi")) + name,
                rounded(any_basis["target"]),
                rounded(computed.get("realisation")),
                rounded(computed.get("index")),
                rounded(reported.get("realisation")),
                rounded(reported.get("index")),
            )
        )
        states.append((_state(computed), code or name))
        if _state(reported).startswith("incomplete"):
            states.append((_state(reported), f"{code or name} reported"))
    columns = ("code", "name", "target", "computed", "index", "reported", "index ")
    print_table(title, columns, lines, columns[2:], "name")
    _print_states(states)


def _print_states(states: list[tuple[str, str]]) -> None:
    """What is not measured, by its state: it fits any width, as a column does not."""
    by_state: dict[str, list[str]] = {}
    for status, figure in states:
        state, _, share = status.partition(" ")
        if state not in ("", "measured"):
            by_state.setdefault(state, []).append(f"{figure} {share}".strip())
    for state, whose in by_state.items():
        say(state, f": {', '.join(whose)}")


def _state(card: dict[str, Any]) -> str:
    status = str(card.get("status", ""))
    weight = card.get("measured_weight", 1)
    return status if weight >= 1 or status != "incomplete" else f"{status} ({weight:.0%} measured)"
