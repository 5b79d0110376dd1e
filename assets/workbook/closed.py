"""What closed periods rest on, as their revisions keep it: parts of composites, rules of KPIs.

Read from the published kpi.explain, as `kring explain` is; the sheets of the register hold what
it says now.
"""

from __future__ import annotations

from assets.workbook.reading import Reader, Row
from schemas.register_text import from_words

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
        if(coalesce(any_value(cells.unit), '') in ('seconds', 'number'), 1, 100)
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
_SCORED = """
select period, split_part(part, ':', 2) as kpi_id, text
from kpi.explain
where
    year = $year and basis = 'computed' and kind = 'rule' and part like 'kpis:%'
    and period in (select period from kpi.explain where year = $year and kind = 'closing')
"""


class Closed:
    """The closed periods and months of the year, and what they rest on."""

    def __init__(self, reader: Reader) -> None:
        self.periods = {row["period"] for row in reader.rows(_CLOSED)}
        self._parts: list[Row] = reader.rows(_PARTS) if self.periods else []
        self.scored = {
            (row["period"], row["kpi_id"]): from_words(row["text"]) for row in reader.rows(_SCORED)
        }

    def parts(self, composite: str, period: str) -> list[Row]:
        return [
            part for part in self._parts
            if part["composite_id"] == composite and part["period"] == period
        ]  # fmt: skip
