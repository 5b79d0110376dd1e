-- title: A metric's month has a status and says why
select
    year, period, figure, 'state' as part, 'state' as kind, status,
    status || ': ' || reason as text
from month_cells
