-- title: What is held out of closed periods: figures as published beside those with everything known
-- grain: one row per figure that would change if the closed periods were opened
with metric_months as (
    select
        is_now, month, metric_id, channel, queue, service,
        cast(sum(numerator) as double) / nullif(cast(sum(denominator) as double), 0) as value,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from (
        select true as is_now, * from metric.monthly_as_now
        union all by name
        select false as is_now, * from metric.monthly
    )
    group by is_now, month, metric_id, channel, queue, service
),

months as (
    select
        strftime(coalesce(now.month, published.month), '%Y-%m') as period,
        'metric' as level,
        coalesce(now.metric_id, published.metric_id) as id,
        coalesce(now.channel, published.channel) as channel,
        coalesce(now.queue, published.queue) as queue,
        coalesce(now.service, published.service) as service,
        'computed' as basis,
        published.value as as_published,
        now.value as as_now,
        published.numerator is distinct from now.numerator as is_counted_otherwise,
        cast(published.denominator as double) as denominator_as_published,
        cast(now.denominator as double) as denominator_as_now
    from (from metric_months where is_now) as now
    full join (from metric_months where not is_now) as published
        on published.month = now.month
        and published.metric_id = now.metric_id
        and published.channel is not distinct from now.channel
        and published.queue is not distinct from now.queue
        and published.service is not distinct from now.service
),

nodes as (
    select
        coalesce(now.year, published.year) || '-' || coalesce(now.period, published.period)
            as period,
        coalesce(now.level, published.level) as level,
        coalesce(now.id, published.id) as id,
        coalesce(now.basis, published.basis) as basis,
        published.index as as_published,
        now.index as as_now,
        published.realisation as realisation_as_published,
        now.realisation as realisation_as_now,
        published.target as target_as_published,
        now.target as target_as_now
    from kpi.scorecard_as_now as now
    full join kpi.scorecard as published
        on published.year = now.year
        and published.period = now.period
        and published.level = now.level
        and published.id = now.id
        and published.basis = now.basis
)

select
    period,
    level,
    id,
    channel,
    queue,
    service,
    basis,
    as_published,
    as_now,
    as_now - as_published as effect,
    realisation_as_published,
    realisation_as_now,
    target_as_published,
    target_as_now,
    denominator_as_published,
    denominator_as_now
from (
    select * from months
    union all by name
    select * from nodes
)
where
    as_published is distinct from as_now
    or is_counted_otherwise
    or denominator_as_published is distinct from denominator_as_now
    or realisation_as_published is distinct from realisation_as_now
    or target_as_published is distinct from target_as_now
order by period, level, id, channel, queue, service, basis
