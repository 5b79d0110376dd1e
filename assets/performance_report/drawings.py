"""Which figures each drawing of the page shows, and what it says in words beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from assets.performance_report import charts
from assets.performance_report.figures import Channel, Figure, Kpi, Report
from assets.performance_report.words import Words

_BAR_ENDS_AT = 120  # where no KPI says how it is capped


class Drawings:
    """The drawings of one report in one language."""

    def __init__(self, report: Report, words: Words) -> None:
        self.report, self.words = report, words
        caps = {(kpi.rule["cap_low"], kpi.rule["cap_high"]) for kpi in report.kpis}
        self.caps = sorted(caps)
        # no objective is above the highest of its KPIs
        self.bar_ends_at = max((high for _, high in caps), default=_BAR_ENDS_AT)

    def bar(self, figure: Figure, highest: float | None = None, mark: float | None = 100) -> Markup:
        if figure.value is None:
            return Markup("")
        highest = self.bar_ends_at if highest is None else highest
        label = self.words.text(
            "bar_of",
            value=self.words.number(figure.value, figure.places),
            highest=self.words.number(highest, 0),
        )
        return Markup(charts.bar(label, float(figure.value), float(highest), mark))

    def trend(self, kpi: Kpi) -> Markup:
        """A KPI's realisation by month or quarter against its target."""
        code = kpi.node.official["code"]
        labels = [point.label for point in kpi.trend]
        values = [_float(point.figure.value) for point in kpi.trend]
        targets = [_float(point.target["target"]) if point.target else None for point in kpi.trend]
        text = self._text(f"trend-{kpi.id}", "trend_title", labels, values, code=code)
        return self._trend(
            text, labels, [("realisation", values)], (self.words.text("target"), targets)
        )

    def channels(self) -> Markup:
        """The service level of the channels by month; the aim of the first one dashed."""
        shown = self.report.channels[:2]
        labels = [row["period"] for row, _, _ in shown[0].months]
        lines = [
            (self.words.term("channel", channel.name), self._values(channel, labels))
            for channel in shown
        ]
        aims = [
            100 * float(policy["target_share"]) if policy else None
            for _, policy, _ in shown[0].months
        ]
        text = self._text("trend-channels", "service_level_title", labels, lines[0][1])
        drawn = [charts.Series(name, values) for name, values in lines]
        aim = charts.Series(self.words.text("aim"), aims)
        return Markup(charts.trend(text, self._labels(labels), drawn, aim))

    def occupancies(self, channel: str) -> Markup:
        """Both occupancies of a channel by month."""
        months = [f"{month:%Y-%m}" for month in self.report.months]
        lines = []
        for metric, name in (("occupancy", "house"), ("occupancy_standard", "standard")):
            rows = [self.report.occupancy.get((metric, channel, month)) for month in months]
            lines.append((name, [_float(row["value"]) if row else None for row in rows]))
        text = self._text(f"trend-occupancy-{channel}", "occupancy_title", months, lines[0][1])
        full = charts.Series("100 %", [100.0] * len(months))
        drawn = [charts.Series(self.words.text(name), values) for name, values in lines]
        return Markup(charts.trend(text, self._labels(months), drawn, full))

    def _values(self, channel: Channel, labels: Sequence[str]) -> list[float | None]:
        known = {row["period"]: _float(row["value"]) for row, _, _ in channel.months}
        return [known.get(label) for label in labels]

    def _trend(
        self,
        text: charts.Text,
        labels: Sequence[str],
        lines: Iterable[tuple[str, Sequence[float | None]]],
        target: tuple[str, Sequence[float | None]],
    ) -> Markup:
        drawn = [charts.Series(self.words.text(key), values) for key, values in lines]
        return Markup(charts.trend(text, self._labels(labels), drawn, charts.Series(*target)))

    def _labels(self, labels: Sequence[str]) -> list[str]:
        return [self.words.label(label) for label in labels]

    def _text(
        self, ident: str, title: str, labels: Sequence[str], values: Sequence[float | None],
        **named: object,
    ) -> charts.Text:  # fmt: skip
        """A line in words: how many points, the lowest and the highest."""
        known = sorted((value, label) for value, label in zip(values, labels, strict=True)
                       if value is not None)  # fmt: skip
        if not known:
            return charts.Text(ident, self.words.text(title, **named), "")
        (low, low_at), (high, high_at) = known[0], known[-1]
        description = self.words.text(
            "trend_desc", count=len(known),
            lowest=self.words.number(low, 2), lowest_at=self.words.label(low_at),
            highest=self.words.number(high, 2), highest_at=self.words.label(high_at),
        )  # fmt: skip
        return charts.Text(ident, self.words.text(title, **named), description)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
