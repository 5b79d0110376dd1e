"""Figures worked out again from the steps of an explanation, from the records up to the score."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest

Row = dict[str, Any]
Key = tuple[int, str, str, str]
LEVELS = ("kpi", "objective", "perspective", "organisation")


class Oracle:
    """Works figures out from the steps below them."""

    def __init__(self, rows: list[Row]) -> None:
        self.below: dict[Key, list[Row]] = defaultdict(list)
        for row in rows:
            self.below[row["year"], row["period"], row["basis"], row["figure"]].append(row)

    def parts(self, key: Key, *kinds: str) -> list[Row]:
        return [row for row in self.below[key] if row["kind"] in kinds]

    def value(self, key: Key) -> float | None:
        """A node's index; a composite's or metric's value."""
        level = key[3].partition(":")[0]
        if level == "kpi":
            return self.index(key)
        if level in LEVELS:
            return mean(
                [(row["weight"], self.value(part(row))) for row in self.parts(key, *LEVELS)]
            )
        if level == "composite":
            return self.composite(key)
        return ratio(*self.counts(key))

    def counts(self, key: Key) -> tuple[float, float]:
        """A metric over its months, or a month as it says itself."""
        months = self.parts(key, "month")
        return (sum(float(row["numerator"]) for row in months),
                sum(float(row["denominator"]) for row in months))  # fmt: skip

    def composite(self, key: Key) -> float | None:
        pairs = []
        for row in self.parts(key, "metric"):
            counts = (row["numerator"], row["denominator"])
            if len(key[1]) < 7:  # a period's metric is the sum of its months
                assert self.counts(part(row)) == pytest.approx([float(n) for n in counts])
            pairs.append((row["weight"], ratio(*counts)))
        for row in self.parts(key, "input"):
            # a single value of a quarter says nothing of a longer period
            pairs.append((row["weight"], given(row) if key[1].startswith("Q") else None))
        (rule,) = (r for r in self.parts(key, "rule") if r["part"].startswith("composites:"))
        if rule["text"] != "missing mean_of_measured" and any(v is None for _, v in pairs):
            return None
        return mean(pairs)

    def index(self, key: Key) -> float | None:
        rule = self.rule(key)
        targets = self.parts(key, "target")
        realisation = self.realisation(key, rule)
        if realisation is None or not targets:
            return None
        assert (rule["polarity"], len(targets)) == ("maximise", 1)  # as all twelve of 2024 are
        raw = realisation / targets[0]["value"] * 100
        return min(max(raw, float(rule["cap_low"])), float(rule["cap_high"]))

    def rule(self, key: Key) -> dict[str, str]:
        (row,) = (r for r in self.parts(key, "rule") if r["part"].startswith("kpis:"))
        return dict(item.split(" ", 1) for item in row["text"].split(", "))

    def realisation(self, key: Key, rule: dict[str, str]) -> float | None:
        if key[2] == "reported":
            (row,) = self.parts(key, "reported")
            return float(row["value"])
        quarters = self.parts(key, "quarter")
        if quarters:
            values = [(row["part_period"], self.realisation(part(row), rule)) for row in quarters]
            known = [value for _, value in sorted(values) if value is not None]
            if rule["consolidation"] == "average":
                return sum(known) / len(known) if len(known) == len(quarters) else None
            assert rule["consolidation"] == "last"
            return known[-1] if known else None
        return self.measured(key, rule)

    def measured(self, key: Key, rule: dict[str, str]) -> float | None:
        composites, metrics = self.parts(key, "composite"), self.parts(key, "metric")
        if composites:
            value = self.composite(part(composites[0]))
        elif metrics:
            counts = [self.counts(part(row)) for row in metrics]
            done, due = sum(n for n, _ in counts), sum(d for _, d in counts)
            if not due and rule.get("zero_rule") == "award_cap":
                return float(rule["cap_high"])
            value = ratio(done, due)
        else:
            inputs = self.parts(key, "input")
            if any(row["numerator"] is not None for row in inputs):
                value = ratio(sum(row["numerator"] for row in inputs),
                              sum(row["denominator"] for row in inputs))  # fmt: skip
            else:
                value = given(inputs[0])
        return self.converted(key, value)

    def converted(self, key: Key, value: float | None) -> float | None:
        for row in self.parts(key, "rule"):
            if not row["part"].startswith("conversions:") or value is None:
                continue
            piece = {
                name: float(number)
                for name, number in re.findall(r"(\w+) ([\d.]+)(?:,|$)", row["text"])
            }
            if piece["from_value"] <= value < piece.get("to_value", float("inf")):
                rise = value - piece["base_value"] if "divisor" in piece else 0
                return piece["base_index"] + rise / piece.get("divisor", 1)
        return value


def part(row: Row) -> Key:
    return row["year"], row["part_period"], row["part_basis"], row["part"]


def given(row: Row) -> float | None:
    return float(row["value"]) if row["value"] is not None else None


def ratio(numerator: Any, denominator: Any) -> float | None:
    return 100 * float(numerator) / float(denominator) if denominator else None


def mean(pairs: list[tuple[float, float | None]]) -> float | None:
    known = [(weight, value) for weight, value in pairs if value is not None]
    if not known:
        return None
    return sum(w * v for w, v in known) / sum(w for w, _ in known)
