-- title: A service's satisfaction is in line with the three months before
-- reads: metric.csi, ops.month
-- severity: warn
-- trailing: 3
-- tolerance: 0
-- reason: of 300 responses and more a mean moves by a few points in a month; by more than 10 it is
--    another scale, another question, or ratings that were lost on the way. Under 300 thumbs up or
--    down move by as much by chance: of 100, in one month of 30.
with months as (
    select
        month,
        service,
        sum(denominator) as responses,
        100 * sum(numerator) / sum(denominator) as csi
    from metric.csi
    group by month, service
    having sum(denominator) >= 300
),

usual as (
    select service, median(csi) as csi
    from months
    where month < (select month from ops.month)
    group by service
    having count(*) >= 2
)

select
    months.service,
    months.responses,
    round(months.csi, 1) as csi,
    round(usual.csi, 1) as usual_csi
from months
join ops.month using (month)
join usual using (service)
where abs(months.csi - usual.csi) > 10
