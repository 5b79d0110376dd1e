-- Cells finer than a month (a day, a half hour), judged as their month is: what withholds the
-- month withholds them, so that no part shows what the whole must not.

create macro cells_of_month(
    cells_table,
    monthly_table := 'metric.monthly',
    metrics_table := 'ref.metrics',
    definitions_table := 'ref.metric_definitions'
) as table
with judged as (
    select
        cells.*,
        monthly.month,
        monthly.status as month_status,
        monthly.reason as month_reason,
        definitions.unit,
        metrics.minimum_n,
        is_withheld(month_status) as is_withheld,
        not is_withheld and cells.denominator > 0 as has_value
    from query_table(cells_table) as cells
    join query_table(monthly_table) as monthly
        on monthly.month = cast(date_trunc('month', cells.moment) as date)
        and monthly.metric_id = cells.metric_id
        and monthly.channel is not distinct from cells.channel
        and monthly.queue is not distinct from cells.queue
        and monthly.service is not distinct from cells.service
        and monthly.source is not distinct from cells.source
        and monthly.policy_id is not distinct from cells.policy_id
    join query_table(definitions_table) as definitions
        on definitions.metric_id = cells.metric_id
    left join query_table(metrics_table) as metrics on metrics.metric_id = cells.metric_id
)

select
    month,
    moment,
    metric_id,
    channel,
    queue,
    service,
    source,
    policy_id,
    case when not is_withheld then numerator end as numerator,
    case when not is_withheld then denominator end as denominator,
    case when has_value then cast(numerator as double) / cast(denominator as double) end as value,
    case when has_value and unit = 'share' then wilson_lower(numerator, denominator) end
        as lower_95,
    case when has_value and unit = 'share' then wilson_upper(numerator, denominator) end
        as upper_95,
    case when has_value then coalesce(denominator < minimum_n, false) end as is_few,
    cast(denominator / nullif(eligible, 0) as double) as coverage,
    case
        when is_withheld then month_status
        when not has_value then 'no_volume'
        when month_status in ('in_progress', 'provisional') then month_status
        else 'measured'
    end as status,
    case
        when is_withheld then month_reason
        when denominator < 0 then 'the denominator is negative'
        when denominator = 0 and numerator <> 0 then 'the denominator is zero'
        when not has_value then 'nothing to count'
        when month_status = 'in_progress' then 'the month is running'
        when month_status = 'provisional' then 'late data is expected for the month'
        else 'counted from complete exports'
    end as reason
from judged;
