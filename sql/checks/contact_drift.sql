-- title: The success in contacting is in line with the three months before
-- reads: metric.outbound_contact, ref.calendar, ops.month
-- severity: warn
-- trailing: 3
-- tolerance: 0
-- reason: lists and hours of calling may move it by some points, of 300 cases and more hardly by 25;
--    that is a result of an attempt that has another word now, attempts that were lost on the way,
--    or lists that came without them. Of a running month many are still to be called again: it is
--    judged when it has ended.
with months as (
    select
        month,
        sum(denominator) as cases,
        100 * sum(numerator) / sum(denominator) as contacted_percent
    from metric.outbound_contact
    group by month
    having sum(denominator) >= 300
),

usual as (
    select median(contacted_percent) as contacted_percent
    from months
    where month < (select month from ops.month)
    having count(*) >= 2
)

select
    months.cases,
    round(months.contacted_percent, 1) as contacted_percent,
    round(usual.contacted_percent, 1) as usual_contacted_percent
from months
join ops.month using (month)
cross join usual
where
    months.month in (select month from ref.calendar where month_state = 'closed')
    and abs(months.contacted_percent - usual.contacted_percent) > 25
