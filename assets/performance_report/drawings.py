"""Which figures each drawing of the page shows, and what it says in words beside them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from assets.performance_report import charts
from assets.performance_report.figures import Channel, Figure, Kpi, Report
from assets.performance_report.words import Words

_BAR_ENDS_AT = 120  # where no KPI says how it is capped


class Drawings:
    """The drawings of one report in one language."""

    def __init__(self, report: Report, words: Words) -> None:
        self.report, self.words = report, words
        self.caps = sorted({(k.rule["cap_low"], k.rule["cap_high"]) for k in report.kpis})
        # no objective is above the highest of its KPIs
        self.bar_ends_at = max((high for _, high in self.caps), default=_BAR_ENDS_AT)

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
        line = charts.Series(self.words.text("realisation"), values)
        return self._drawn(text, labels, [line], charts.Series(self.words.text("target"), targets))

    def channels(self) -> Markup:
        """The service level of the channels by month; the aim of the first one dashed."""
        shown = self.report.channels[:2]
        labels = [row["period"] for row, _, _ in shown[0].months]
        lines = [
            charts.Series(self.words.term("channel", channel.name), self._values(channel, labels))
            for channel in shown
        ]
        aims = [
            100 * float(policy["target_share"]) if policy else None
            for _, policy, _ in shown[0].months
        ]
        text = self._text("trend-channels", "service_level_title", labels, lines[0].values)
        return self._drawn(text, labels, lines, charts.Series(self.words.text("aim"), aims))

    def occupancies(self, channel: str) -> Markup:
        months = [f"{month:%Y-%m}" for month in self.report.months]
        lines = []
        for metric, name in (("occupancy", "house"), ("occupancy_standard", "standard")):
            rows = [self.report.occupancy.get((metric, channel, month)) for month in months]
            values = [_float(row["value"]) if row else None for row in rows]
            lines.append(charts.Series(self.words.text(name), values))
        text = self._text(f"trend-occupancy-{channel}", "occupancy_title", months, lines[0].values)
        return self._drawn(text, months, lines, charts.Series("100 %", [100.0] * len(months)))

    def _values(self, channel: Channel, labels: Sequence[str]) -> list[float | None]:
        known = {row["period"]: _float(row["value"]) for row, _, _ in channel.months}
        return [known.get(label) for label in labels]

    def _drawn(
        self, text: charts.Text, labels: Sequence[str], lines: Sequence[charts.Series],
        target: charts.Series,
    ) -> Markup:  # fmt: skip
        shown = [self.words.label(label) for label in labels]
        return Markup(charts.trend(text, shown, lines, target))

    def _text(
        self, ident: str, title: str, labels: Sequence[str], values: Sequence[float | None],
        **named: object,
    ) -> charts.Text:  # fmt: skip
        """A line in words: how many points, the lowest and the highest."""
        known = sorted((value, label) for value, label in zip(values, labels, strict=True)
                       if value is not None)  # fmt: skip
        titled = self.words.text(title, **named)
        if not known:
            return charts.Text(ident, titled, "")
        (low, low_at), (high, high_at) = known[0], known[-1]
        description = self.words.text(
            "trend_desc", count=len(known),
            lowest=self.words.number(low, 2), lowest_at=self.words.label(low_at),
            highest=self.words.number(high, 2), highest_at=self.words.label(high_at),
        )  # fmt: skip
        return charts.Text(ident, titled, description)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
