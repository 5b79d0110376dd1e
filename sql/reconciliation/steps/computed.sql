-- title: What the home computes, named as a report would name it
-- grain: one row per subject, channel, service, period and measure
-- reads: kpi.scorecard, kpi.cells, kpi.composites, ref.kpis, ref.service_level_policy, reference.printed
with scored as (
    select
        computed.level,
        if(computed.level = 'kpi', 'kpi:', 'node:') || computed.id as subject_key,
        computed.year || '-' || computed.period as period,
        unnest([
            if(computed.target is null, 'incomplete', 'measured'),
            computed.status, computed.status, computed.status
        ]) as status,
        unnest([
            if(
                computed.target is null,
                'the register has no target for the period', 'target of the register'
            ),
            computed.reason, computed.reason, computed.reason
        ]) as reason,
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

-- an index is all that a node has
cards as (
    select * exclude (level) from scored
    where level = 'kpi' or measure in ('index', 'achievement')
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

-- the realisation of a KPI in a month is that of the composite it comes from, or of its metric: of
-- one that is decided without channel or service, all cells pooled, as sql/kpi/parts.sql has them
months as (
    select
        'kpi:' || kpis.kpi_id as subject_key,
        cells.period,
        'realisation' as measure,
        pooled_status(cells.status, cells.period_state) as status,
        case
            when has_value(pooled_status(cells.status, cells.period_state))
                then cast(sum(cells.numerator) as double) / cast(sum(cells.denominator) as double)
                * scale_of(any_value(cells.unit))
        end as value,
        string_agg(distinct cells.reason, '; ' order by cells.reason) as reason
    from ref.kpis as kpis
    join kpi.cells as cells
        on kpis.source = 'metric:' || cells.metric_id
        and (kpis.channel is null or kpis.channel = cells.channel)
        and (kpis.service is null or kpis.service = cells.service)
    where length(cells.period) = 7
        and is_in_force(cells.period_end, kpis.valid_from, kpis.valid_to)
    group by kpis.kpi_id, cells.period
    union all by name
    select
        'kpi:' || kpis.kpi_id as subject_key,
        composites.period,
        'realisation' as measure,
        composites.status,
        composites.value,
        composites.reason
    from ref.kpis as kpis
    join composites on composites.subject_key = kpis.source
    where length(composites.period) = 7
        and is_in_force(
            last_day(try_cast(composites.period || '-01' as date)), kpis.valid_from, kpis.valid_to
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
        on asked.subject_key in ('kpi:' || kpis.kpi_id, organisation_key())
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
