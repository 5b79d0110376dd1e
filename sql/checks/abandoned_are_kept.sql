-- title: Those who gave up are still exported
-- reads: metric.abandonment, ops.month
-- severity: flag
-- trailing: 3
-- tolerance: 0
-- reason: none who gave up, where the best of the three months before lets 50 be expected, is a
--    filter, a file or a word of the export that was lost; service level and abandonment look
--    better than they were. After a season their share may fall to a tenth within a month, and then
--    none of 5 is chance once in 150 times, of 2 once in seven. By queue, since each may have an
--    export of its own.
with months as (
    select month, channel, queue, sum(numerator) as abandoned, sum(denominator) as offered
    from metric.abandonment
    group by month, channel, queue
),

usual as (
    select channel, queue, min(abandoned / offered) as share
    from months
    where month < (select month from ops.month) and offered > 0
    group by channel, queue
    having count(*) >= 2
)

select
    months.channel,
    months.queue,
    cast(months.offered as bigint) as contacts,
    cast(floor(months.offered * usual.share) as bigint) as usually_abandoned
from months
join ops.month using (month)
join usual using (channel, queue)
where months.abandoned = 0 and months.offered * usual.share >= 50
