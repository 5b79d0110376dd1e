"""What the report reads of the services beyond the KPIs: service level, satisfaction,
occupancy, outbound calls.
"""

from __future__ import annotations

from assets.performance_report.figures import Channel, Row
from assets.performance_report.reader import Reader, of

_FUNNEL = (
    "dialled", "due_before_dialling", "in_scope", "paid_before_dialling", "paid_known_at_dialling",
    "contacted", "paid_in_window", "contacted_validated", "paid_in_window_validated",
)  # fmt: skip


def read_channels(reader: Reader) -> list[Channel]:
    """Each channel's months of service level, beside the target of each month's end."""
    found = of(reader.cells(reader.month_periods), metric_id="service_level")
    abandoned = of(reader.cells(reader.month_periods), metric_id="abandonment")
    # the telephone first, as the report has it
    names = sorted({row["channel"] for row in found}, key=lambda name: (name != "phone", name))
    channels = []
    for name in names:
        policies = _policies(reader, name)
        months = [
            (row, policies.get(row["period"]), _is_reached(row, policies.get(row["period"])))
            for row in found
            if row["channel"] == name
        ]
        channels.append(
            Channel(
                name,
                months,
                {row["period"]: row for row in abandoned if row["channel"] == name},
                next(iter(reversed(list(policies.values()))), None),
                _hours(reader, name),
            )
        )
    return channels


def _is_reached(row: Row, policy: Row | None) -> bool | None:
    """The remark's rule: not below the target in force at the month's end; on it is reached."""
    if row["value"] is None or policy is None or policy["target_share"] is None:
        return None
    return bool(round(float(row["value"]) / 100, 12) >= float(policy["target_share"]))


def _policies(reader: Reader, channel: str) -> dict[str, Row]:
    """The policy of every queue at the end of each month."""
    rows = reader.asked(
        "policies",
        "ref.service_level_policy",
        ["policy_id", "valid_from"],
        {"months": reader.year_months, "channel": channel},
    )
    return {f"{row['month']:%Y-%m}": row for row in rows}


def _hours(reader: Reader, channel: str) -> dict[tuple[int, int], Row]:
    """Contacts offered by weekday and hour."""
    rows = reader.asked(
        "hours",
        "sum(metric.interval)",
        ["year", "last_month", "metric_id", "channel", "weekday", "hour"],
        {
            "months": reader.year_months,
            "last_month": reader.last_month.month,
            "channel": channel,
        },
    )
    return {(row["weekday"], row["hour"]): row for row in rows}


def read_satisfaction(reader: Reader) -> tuple[dict[tuple[str, str], Row], dict[str, Row]]:
    """The index of each service by quarter, and the index of all by quarter.

    Longer periods are the KPI's: their index is the mean of the quarters and no composite.
    """
    quarters = [name for name in reader.periods if name.startswith("Q")]
    services = of(reader.cells(quarters), metric_id="csi")
    index = reader.composites("csi_index", quarters)
    return (
        {(row["service"], row["period"]): row for row in services},
        {row["period"]: row for row in index},
    )


def read_occupancy(reader: Reader) -> dict[tuple[str, str, str], Row]:
    """Both occupancies by metric, channel, and period or month."""
    found = [
        row
        for metric in ("occupancy", "occupancy_standard")
        for periods in (reader.periods, reader.month_periods)
        for row in of(reader.cells(periods), metric_id=metric)
    ]
    return {(row["metric_id"], row["channel"], row["period"]): row for row in found}


def read_funnel(reader: Reader) -> tuple[Row | None, list[Row]]:
    """Outbound cases of the report's months: all together, and month by month."""
    # bounds, by which the engine skips the cases of other years; a list it would look at one by one
    months = reader.rows(
        "metric.outbound_monthly", ["month"], "month between ? and ?",
        [reader.year_months[0], reader.year_months[-1]],
    )  # fmt: skip
    if not months:
        return None, []
    sums = {name: sum(row[name] for row in months) for name in _FUNNEL}
    key = {"year": reader.year, "last_month": reader.last_month.month}
    return Row("sum(metric.outbound_monthly)", key, sums), months
