"""A report as one HTML page in one language: figures, words and drawings put into templates.

Every number goes through `Page.number`, which prints it with its address in the database.
Everything is inside the page; it asks for nothing.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from assets.performance_report.drawings import Drawings
from assets.performance_report.figures import Channel, Figure, Kpi, Report, Row
from assets.performance_report.generated import generated
from assets.performance_report.own_text import OwnTexts
from assets.performance_report.words import Words
from schemas.register_columns import PERIODS

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_SHADES = 5


def render(report: Report, own: OwnTexts, lang: str) -> str:
    """The page of a report; the same bytes for the same figures and words."""
    page = Page(report, own, Words(lang))
    made = _environment().get_template("page.html").render(
        report=report, page=page, words=page.words, t=page.words.text, n=page.number,
        style=Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8")),
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in made.splitlines() if line.strip()) + "\n"


def compile_templates() -> None:
    """Do once, and where there is time, what the first page would wait for."""
    environment = _environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Page(Drawings):
    """What the templates ask for: a number, a name, a shade, the office's words, a drawing."""

    def __init__(self, report: Report, own: OwnTexts, words: Words) -> None:
        super().__init__(report, words)
        self.own = own

    def number(self, figure: Figure, *, sign: bool = False) -> Markup:
        """A figure as printed, with its unrounded value and where it stands."""
        shown = self.words.number(figure.value, figure.places, sign=sign)
        value = "" if figure.value is None else figure.value
        said = {"value": value, "data-of": figure.column, "data-key": _address(figure.key)}
        if figure.less:
            said["data-less"], key = figure.less
            said["data-less-key"] = _address(key)
        if figure.times != 1:
            said["data-times"] = figure.times
        # a page has thousands: joined by hand they take a third of what Markup's own format does
        attributes = " ".join(f'{name}="{escape(value)}"' for name, value in said.items())
        return Markup(f"<data {attributes}>{escape(shown)}</data>")

    def shade(self, channel: Channel, row: Row | None) -> int:
        """0..4: how full an hour is beside the channel's fullest."""
        # withheld hours have no count: they are shown empty, and are no measure of the others
        if row is None or row["denominator"] is None:
            return 0
        fullest = max(hour["denominator"] or 0 for hour in channel.hours.values())
        return min(int(_SHADES * row["denominator"] / fullest), _SHADES - 1) if fullest else 0

    def own_text(self, kpi: Kpi) -> tuple[Markup, str] | None:
        """The office's words on a KPI and their language; None where there are none."""
        return self.own.html(self.report.year, kpi.id, self.words.lang)

    def own_path(self, kpi: Kpi) -> str:
        return self.own.name(self.report.year, kpi.id, self.words.lang)

    def name(self, row: Row) -> str:
        """A node's or KPI's name in the page's language."""
        return str(row[f"name_{self.words.lang}"])

    def called(self, ident: str) -> str:
        """A node, metric or composite by its id or code, in words."""
        nodes = [self.report.score, *self.report.perspectives, *self.report.objectives]
        cards = [node.official for node in (*nodes, *(kpi.node for kpi in self.report.kpis))]
        for card in cards:
            if ident in (card["id"], card["code"]):
                code = f"{card['code']} " if card["level"] == "kpi" else ""
                return code + self.name(card)
        return self.words.term("metric", ident)

    def spelled(self, period: str) -> str:
        """`2024-Q3` or `2024-03` in words."""
        if len(period) == 7 and period[5:].isdigit():
            return self.words.month(period)
        return f"{self.words.term('period', period[5:])} {period[:4]}"

    def generated(self, text: object) -> Markup:
        """A reason or cause that the rules have put together, in the page's language."""
        return generated(self.words, text)

    def held_out(self, row: Row) -> tuple[str, Figure, Figure, Figure]:
        """What is held out of a figure, as published, as now and the difference: its index, or
        where that is the same (under the cap) what it rests on."""
        for what in ("realisation", "target"):
            published, now = row.figure(f"{what}_as_published"), row.figure(f"{what}_as_now")
            if row["as_published"] == row["as_now"] and published.value != now.value:
                return what, published, now, now - published
        return "index", row.figure("as_published"), row.figure("as_now"), row.figure("effect")

    def capped(self) -> str:
        """Between which bounds indices are, of all KPIs."""
        bounds = (
            {"low": self.words.number(low, 0), "high": self.words.number(high, 0)}
            for low, high in self.caps
        )
        return self.words.text("or").join(self.words.text("bounds", **each) for each in bounds)

    def services(self) -> list[str]:
        return list(dict.fromkeys(service for service, _ in self.report.satisfaction))

    def satisfaction_columns(self) -> list[str]:
        named = [self.words.term("service", service) for service in self.services()]
        return [self.words.text("period"), *named, self.words.text("csi_index")]

    def satisfaction_periods(self) -> list[str]:
        return list(dict.fromkeys(sorted(
            (period for _, period in self.report.satisfaction), key=list(PERIODS).index
        )))  # fmt: skip

    def spans(self) -> list[str]:
        """The months and then the periods of the report."""
        months = [f"{month:%Y-%m}" for month in self.report.months]
        periods = self.report.kpis[0].periods if self.report.kpis else []
        return [*months, *(name for name, _ in periods)]

    def part(self, metric: str, *cell: object) -> str:
        """A counted cell in words: metric, channel, queue, service."""
        channel, queue, service = (*cell, None, None, None)[:3]
        named = [
            self.words.term("metric", metric), self.words.term("channel", channel),
            str(queue or ""), self.words.term("service", service),
        ]  # fmt: skip
        return ", ".join(name for name in named if name)


def _address(key: object) -> str:
    return json.dumps(
        key, default=lambda v: v.isoformat() if isinstance(v, date) else str(v), sort_keys=True,
        ensure_ascii=False,
    )  # fmt: skip
