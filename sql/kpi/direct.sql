-- title: What each KPI in force comes to by its own source in each period, converted and awarded
-- grain: one row per KPI, year and period
-- reads: kpi.changes, kpi.parts, kpi.composites, ref.kpis, ref.conversions, ref.calendar
with periods as (
    select
        year,
        period,
        period_begin,
        period_end,
        period_state,
        min(month) as first_month,
        max(month) as last_month
    from ref.calendar
    group by all
),

begun as (
    select kpi_id, cast(date_trunc('month', min(valid_from)) as date) as counted_from
    from ref.kpis
    group by kpi_id
),

kpis as (
    select
        periods.*,
        kpis.* exclude (valid_from, valid_to),
        -- a period counts the months in which the KPI is in force
        if(begun.counted_from > first_month, begun.counted_from, null) as counted_from,
        last_change('source', kpis.kpi_id, periods.period_end) as changed_on
    from periods
    join ref.kpis as kpis
        on is_in_force(periods.period_end, kpis.valid_from, kpis.valid_to)
    join begun on begun.kpi_id = kpis.kpi_id
),

-- the part a KPI rests on, in the period itself
measured as (
    select
        kpis.*,
        coalesce(composites.value, parts.value) as value,
        coalesce(composites.is_proven, parts.is_proven, false) as is_proven,
        coalesce(composites.status, parts.status, 'not_reported') as status,
        coalesce(
            composites.reason,
            parts.reason,
            if(
                kpis.counted_from > kpis.last_month,
                'it begins in ' || strftime(kpis.counted_from, '%Y-%m'),
                'nothing delivers ' || concat_ws(' ', kpis.source, kpis.channel, kpis.service)
            )
        ) as reason
    from kpis
    left join kpi.composites as composites
        on kpis.source = 'composite:' || composites.composite_id
        and composites.year = kpis.year
        and composites.period = kpis.period
        and composites.counted_from is not distinct from kpis.counted_from
    left join kpi.parts as parts
        on parts.source = kpis.source
        and parts.channel is not distinct from kpis.channel
        and parts.service is not distinct from kpis.service
        and parts.year = kpis.year
        and parts.period = kpis.period
        and parts.counted_from is not distinct from kpis.counted_from
),

converted as (
    select
        measured.* exclude (value, reason),
        if(
            conversions.conversion_id is null,
            measured.value,
            conversions.base_index + coalesce(
                (measured.value - conversions.base_value) / conversions.divisor, 0
            )
        ) as value,
        measured.reason || held_since('source', changed_on, period_begin) || coalesce(
            '; converted from ' || round(measured.value, 2) || ' by '
            || conversions.conversion_id
            || held_since(
                'conversion',
                last_change('conversion', measured.kpi_id, measured.period_end),
                period_begin
            ), ''
        ) as reason
    from measured
    left join ref.conversions as conversions
        on conversions.kpi_id = measured.kpi_id
        -- a longer period that takes its quarters' values has them converted already
        and (measured.period like 'Q%' or measured.consolidation = 'pooled')
        and is_in_force(measured.period_end, conversions.valid_from, conversions.valid_to)
        and measured.value >= conversions.from_value
        and measured.value < coalesce(conversions.to_value, 'infinity'::double)
),

-- nothing was to be done in a period whose exports are there: the KPI's zero rule decides
awarded as (
    select
        * exclude (value, status, reason),
        if(is_awarded, cast(cap_high as double), value) as value,
        case
            when is_awarded then if(period_state = 'closed', 'measured', 'in_progress')
            else status
        end as status,
        if(is_awarded, 'nothing to be done: zero rule award_cap', reason) as reason
    from (
        select
            *,
            status = 'no_volume' and is_proven and coalesce(zero_rule = 'award_cap', false)
                as is_awarded
        from converted
    )
)

select
    kpi_id,
    year,
    period,
    period_begin,
    period_end,
    period_state,
    first_month,
    last_month,
    counted_from,
    consolidation,
    -- else the period's realisation follows from its quarters
    consolidation = 'pooled' or period like 'Q%' as is_direct,
    value,
    status,
    reason,
    is_proven
from awarded
