"""What closed periods rest on, as their revisions keep it: parts of composites, and caps.

Read from the published kpi.explain, as `kring explain` is; the sheets of the register hold what
it says now.
"""

from __future__ import annotations

from assets.workbook.reading import Figures, Row

# of a part that names no channel every cell is told, all with its weight: they are pooled
_PARTS = """
select
    explained.period,
    split_part(explained.figure, ':', 2) as composite_id,
    split_part(explained.text, ': ', 1) as part_id,
    case explained.kind
        when 'metric' then 'metric:' || any_value(cells.metric_id)
        else any_value(split_part(explained.part, ' ', 1)).replace('inputs:', 'input:')
    end as source,
    if(count(distinct cells.channel) = 1, any_value(cells.channel), null) as channel,
    if(count(distinct cells.service) = 1, any_value(cells.service), null) as service,
    any_value(explained.weight) as weight,
    if(
        count(*) = 1,
        any_value(explained.value),
        if(coalesce(any_value(cells.unit), '') = 'seconds', 1, 100)
        * cast(sum(explained.numerator) as double)
        / nullif(cast(sum(explained.denominator) as double), 0)
    ) as value
from kpi.explain as explained
left join kpi.cells as cells
    on explained.part = 'metric:' || concat_ws(' ', cells.metric_id, cells.channel, cells.service)
    and cells.year = explained.year
    and cells.period = explained.part_period
where
    explained.year = $year
    and explained.figure like 'composite:%'
    and explained.kind in ('metric', 'input')
group by explained.period, explained.figure, explained.kind, part_id
order by explained.period, explained.figure, part_id
"""
_CLOSED = "select distinct period from kpi.explain where year = $year and kind = 'closing'"
_CAPS = """
select
    period,
    split_part(figure, ':', 2) as kpi_id,
    cast(regexp_extract(text, 'cap_low ([-0-9.]+)', 1) as double) as cap_low,
    cast(regexp_extract(text, 'cap_high ([-0-9.]+)', 1) as double) as cap_high
from kpi.explain
where year = $year and basis = 'computed' and kind = 'rule' and part like 'kpis:%'
"""


class Closed:
    """The closed periods and months of the year, and what they rest on."""

    def __init__(self, figures: Figures) -> None:
        self.periods = {row["period"] for row in figures.rows(_CLOSED)}
        self._parts: list[Row] = figures.rows(_PARTS) if self.periods else []
        caps = figures.rows(_CAPS) if self.periods else []
        self.caps = {
            (row["period"], row["kpi_id"]): row for row in caps if row["period"] in self.periods
        }

    def parts(self, composite: str, period: str) -> list[Row]:
        return [
            part for part in self._parts
            if part["composite_id"] == composite and part["period"] == period
        ]  # fmt: skip
