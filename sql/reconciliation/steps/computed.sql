-- title: What the home computes, named as a report would name it
-- grain: one row per subject, channel, service, period and measure
-- reads: kpi.scorecard, kpi.cells, kpi.composites, ref.kpis, ref.service_level_policy, reference.printed
with cards as (
    select
        if(computed.level = 'kpi', 'kpi:', 'node:') || computed.id as subject_key,
        computed.year || '-' || computed.period as period,
        computed.status,
        computed.reason,
        unnest(['target', 'realisation', 'index', 'achievement']) as measure,
        unnest([computed.target, computed.realisation, computed.index, computed.index_raw])
            as value,
        unnest([reported.target, reported.realisation, reported.index, reported.index_raw])
            as reported
    from kpi.scorecard as computed
    left join kpi.scorecard as reported
        on (reported.year, reported.period, reported.id)
            = (computed.year, computed.period, computed.id)
        and reported.basis = 'reported'
    where computed.basis = 'computed'
),

cells as (
    select
        'metric:' || metric_id as subject_key,
        channel,
        service,
        if(length(period) = 7, period, year || '-' || period) as period,
        status,
        reason,
        unnest([metric_id, 'numerator', 'denominator']) as measure,
        unnest([value, cast(numerator as double), cast(denominator as double)]) as value
    from kpi.cells
),

composites as (
    select
        'composite:' || composite_id as subject_key,
        if(length(period) = 7, period, year || '-' || period) as period,
        status,
        reason,
        composite_id as measure,
        value
    from kpi.composites
),

-- the realisation of a KPI in a month is that of the metric or composite it comes from
months as (
    select distinct
        'kpi:' || kpis.kpi_id as subject_key,
        origins.period,
        'realisation' as measure,
        origins.value,
        origins.status,
        origins.reason
    from ref.kpis as kpis
    join (
        select * from cells
        union all by name
        select * from composites
    ) as origins
        on origins.subject_key = kpis.source
        and origins.measure = split_part(kpis.source, ':', 2)
        and origins.channel is not distinct from kpis.channel
        and origins.service is not distinct from kpis.service
    where length(origins.period) = 7
        and is_in_force(
            last_day(try_cast(origins.period || '-01' as date)), kpis.valid_from, kpis.valid_to
        )
),

series as (
    select subject_key, channel, service, period, measure, value from cells
    union all by name
    select subject_key, period, measure, value from composites
    union all by name
    select subject_key, period, measure, value from cards where measure = 'realisation'
),

averages as (
    select
        subject_key,
        channel,
        service,
        left(period, 4) || '-Y' as period,
        measure || '_average' as measure,
        avg(value order by period) as value,
        'measured' as status,
        'mean of the quarters' as reason
    from series
    where period[6] = 'Q'
    group by all
    having count(value) = 4
),

-- what a policy or the register states, for the periods the file asks for
policies as (
    select
        asked.subject_key,
        asked.channel,
        asked.period,
        unnest(['target', 'threshold_seconds']) as measure,
        unnest([
            cast(policy.target_share * 100 as double), cast(policy.threshold_seconds as double)
        ]) as value
    from (
        select distinct subject_key, channel, period, period_end from reference.printed
        where subject_key = 'metric:service_level' and service is null
    ) as asked
    join ref.service_level_policy as policy
        on policy.channel = asked.channel and policy.queue = '*'
        and is_in_force(asked.period_end, policy.valid_from, policy.valid_to)
),

caps as (
    select
        asked.subject_key,
        asked.period,
        'cap' as measure,
        cast(max(kpis.cap_high) as double) as value
    from (
        select distinct subject_key, period, period_end from reference.printed
        where measure = 'cap'
    ) as asked
    join ref.kpis as kpis
        on asked.subject_key in ('kpi:' || kpis.kpi_id, 'node:organisation')
        and is_in_force(asked.period_end, kpis.valid_from, kpis.valid_to)
    group by all
    having count(distinct kpis.cap_high) = 1
),

together as (
    select * from cards
    union all by name
    select * from cells
    union all by name
    select * from composites
    union all by name
    select * from averages
    union all by name
    select * from months
    union all by name
    select *, 'measured' as status, 'policy of the register' as reason from policies
    union all by name
    select *, 'measured' as status, 'caps of the register' as reason from caps
)

select
    subject_key,
    channel,
    service,
    period,
    measure,
    value,
    reported,
    status,
    reason
from together
order by subject_key, channel nulls first, service nulls first, period, measure
