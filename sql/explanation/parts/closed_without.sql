-- title: A longer period lacks what its closed months were closed without, if there was any
select
    cells.year,
    cells.period,
    cells.figure,
    'closed_without:' || strftime(calendar.month, '%Y-%m') as part,
    'state' as kind,
    strftime(calendar.month, '%Y-%m') || ' was closed without this figure' as text
from cells
join ref.calendar as calendar using (year, period)
where contains(
    cells.reason, strftime(calendar.month, '%Y-%m') || ' ' || closed_without_figure()
)
