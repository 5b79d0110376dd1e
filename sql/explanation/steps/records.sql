-- title: The records that a metric's month was counted from, by table and file
-- grain: one row per metric's month, table, file and the channel and service they speak of
select
    month_cells.year,
    month_cells.period,
    month_cells.figure,
    evidence.*
from month_cells
join fact.evidence as evidence
    on evidence.month = month_cells.month
    and list_contains(month_cells.reads, evidence.table_name)
    and (
        evidence.channel is null or month_cells.channel is null
        or evidence.channel = month_cells.channel
    )
    and (
        evidence.service is null or month_cells.service is null
        or evidence.service = month_cells.service
    )
