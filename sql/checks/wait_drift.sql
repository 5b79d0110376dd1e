-- title: The mean wait of the answered is in line with the three months before
-- reads: metric.speed_of_answer, ops.month
-- severity: warn
-- trailing: 3
-- tolerance: 0
-- reason: a peak or more staff may double or halve waits; two and a half times as long, and by
--    more than 15 seconds, is another clock or unit, or a service out of hand. Under 300
--    contacts a mean moves by chance.
with months as (
    select month, channel, sum(numerator) / sum(denominator) as mean_seconds
    from metric.speed_of_answer
    group by month, channel
    having sum(denominator) >= 300
),

usual as (
    select channel, median(mean_seconds) as mean_seconds
    from months
    where month < (select month from ops.month)
    group by channel
    having count(*) >= 2
)

select
    months.channel,
    round(months.mean_seconds, 1) as mean_seconds,
    round(usual.mean_seconds, 1) as usual_mean_seconds
from months
join ops.month using (month)
join usual using (channel)
where
    greatest(months.mean_seconds, usual.mean_seconds)
    > greatest(
        2.5 * least(months.mean_seconds, usual.mean_seconds),
        15 + least(months.mean_seconds, usual.mean_seconds)
    )
