-- title: A metric's quarters and years rest on its months
select distinct
    whole.year,
    whole.period,
    'computed' as basis,
    whole.figure,
    month.period as part_period,
    'computed' as part_basis,
    month.figure as part,
    'month' as kind,
    month.value,
    month.numerator,
    month.denominator,
    month.status,
    month.reason as text
from cells as whole
join ref.calendar as calendar
    on calendar.year = whole.year and calendar.period = whole.period
join cells as month
    on month.figure = whole.figure
    and month.period = strftime(calendar.month, '%Y-%m')
