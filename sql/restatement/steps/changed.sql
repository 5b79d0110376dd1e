-- title: Every published number that is another in the version after
-- grain: one row per table, period, basis and figure (of metric.monthly: per queue and source)
-- reads: both versions
with figures as (
    select
        version,
        'metric.monthly' as table_name,
        'metric' as level,
        strftime(month, '%Y-%m') as period,
        'computed' as basis,
        metric_id as id,
        channel,
        queue,
        service,
        source,
        metric_figure(metric_id, channel, service) as figure,
        cast(sum(numerator) as double) / nullif(cast(sum(denominator) as double), 0) as value,
        cast(sum(numerator) as double) as numerator,
        cast(sum(denominator) as double) as denominator,
        string_agg(distinct status, ', ' order by status) as status
    from both_monthly
    group by all
    union all by name
    select
        version,
        'kpi.cells' as table_name,
        'metric' as level,
        dated(year, period) as period,
        'computed' as basis,
        metric_id as id,
        channel,
        service,
        metric_figure(metric_id, channel, service) as figure,
        value,
        cast(numerator as double) as numerator,
        cast(denominator as double) as denominator,
        status
    from both_cells
    union all by name
    select
        version,
        'kpi.composites' as table_name,
        'composite' as level,
        dated(year, period) as period,
        'computed' as basis,
        composite_id as id,
        'composite:' || composite_id as figure,
        value,
        status
    from both_composites
    union all by name
    select
        version,
        'kpi.scorecard' as table_name,
        level,
        year || '-' || period as period,
        basis,
        id,
        level || ':' || id as figure,
        index as value,
        realisation as numerator,
        target as denominator,
        status
    from both_scorecard
),

before as (select * from figures where version = 'before'),

after as (select * from figures where version = 'after')

select
    before.table_name,
    before.level,
    before.period,
    before.basis,
    before.id,
    before.channel,
    before.queue,
    before.service,
    before.source,
    before.figure,
    before.value as old_value,
    after.value as new_value,
    before.numerator as old_numerator,
    after.numerator as new_numerator,
    before.denominator as old_denominator,
    after.denominator as new_denominator,
    before.status as old_status,
    after.status as new_status,
    after.version is null as is_gone
from before
left join after
    on after.table_name = before.table_name
    and after.period = before.period
    and after.basis = before.basis
    and after.figure = before.figure
    and after.queue is not distinct from before.queue
    and after.source is not distinct from before.source
where
    before.value is distinct from after.value
    or before.numerator is distinct from after.numerator
    or before.denominator is distinct from after.denominator
