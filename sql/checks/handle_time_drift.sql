-- title: The mean handle time is in line with the three months before
-- reads: metric.handle_time, ops.month
-- severity: warn
-- trailing: 3
-- tolerance: 0
-- reason: habits change a mean handle time by some per cent a month; a quarter more or less is a
--    part (hold, after-call work) lost or added, or a unit changed. Under 300 contacts a mean
--    moves by chance.
with months as (
    select month, channel, sum(numerator) / sum(denominator) as mean_seconds
    from metric.handle_time
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
where abs(months.mean_seconds - usual.mean_seconds) > 0.25 * usual.mean_seconds
