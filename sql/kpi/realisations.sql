-- title: Realisation of each KPI in each period, computed and reported
-- grain: one row per KPI, year, period and basis
-- reads: kpi.parts, kpi.composites, kpi.closed_realisations, ref.kpis, ref.conversions, ref.reported, ref.calendar
-- order: year, period, kpi_id, basis
with periods as (
    select
        year,
        period,
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
        if(begun.counted_from > first_month, begun.counted_from, null) as counted_from
    from periods
    join ref.kpis as kpis
        on is_in_force(periods.period_end, kpis.valid_from, kpis.valid_to)
    join begun on begun.kpi_id = kpis.kpi_id
),

-- the measure a KPI rests on, in the period itself
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
        measured.reason || coalesce(
            '; converted from ' || round(measured.value, 2) || ' by '
            || conversions.conversion_id, ''
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
),

-- a closed quarter goes into longer periods as it was closed, also of a KPI whose row in the
-- register does not reach it any more
settled as (
    select
        coalesce(closed.kpi_id, awarded.kpi_id) as kpi_id,
        coalesce(closed.year, awarded.year) as year,
        coalesce(closed.period, awarded.period) as period,
        if(closed.kpi_id is null, awarded.value, closed.value) as value,
        -- a former rule closed nothing due as measured without a value
        case
            when closed.kpi_id is null then awarded.status
            when closed.status = 'measured' and closed.value is null then 'no_volume'
            else closed.status
        end as status,
        if(closed.kpi_id is null, awarded.reason, closed.reason) as reason,
        if(closed.kpi_id is null, awarded.is_proven, closed.is_proven) as is_proven
    from awarded
    full join kpi.closed_realisations as closed
        on closed.kpi_id = awarded.kpi_id
        and closed.year = awarded.year
        and closed.period = awarded.period
),

quarters as (
    select
        settled.*,
        calendar.period as of_period,
        calendar.period_state as of_state,
        -- from when it is: the home's first month in it, or the KPI's, unless a quarter closed
        -- before that goes in
        cut_short(
            own.period,
            own.period_end,
            if(own.counted_from <= calendar.quarter_last, own.counted_from, own.first_month),
            own.last_month
        ) as cut,
        -- the rule in force when the longer period ends, whatever its quarters' own was
        own.consolidation
    from settled
    join (
        select year, period, quarter, period_state, max(month) as quarter_last
        from ref.calendar
        group by all
    ) as calendar
        on calendar.year = settled.year and calendar.quarter = settled.period
    join kpis as own
        on own.kpi_id = settled.kpi_id
        and own.year = calendar.year
        and own.period = calendar.period
),

from_quarters as (
    select
        kpi_id,
        year,
        of_period as period,
        of_state as period_state,
        any_value(consolidation) as consolidation,
        arg_min(cut, period) as cut,
        avg(value order by period) as mean_value,
        sum(value order by period) as sum_value,
        bool_and(is_proven) as is_proven,
        arg_max(value, period) as last_value,
        max(period) filter (value is not null) as last_quarter,
        arg_max(value is null, period) as is_older,
        arg_max(period || ' ' || reason, period) filter (value is null) as latest_null,
        -- a quarter in which nothing was to be counted adds nothing, as a month does
        count(*) filter (value is null and status <> 'no_volume') as null_quarters,
        count(value) as value_quarters,
        string_agg(period || ' ' || reason, '; ' order by period)
            filter (value is null) as null_reason,
        '; ' || string_agg(period || ' ' || reason, '; ' order by period)
            filter (value is null or status = 'provisional') as reservations,
        arg_max(reason, period) filter (value is not null) as last_reason,
        null_status(status) as null_status,
        case
            when of_state = 'in_progress' then 'in_progress'
            -- an earlier quarter's value in the last one's place is never shown as complete
            when any_value(consolidation) = 'last' and is_older then 'provisional'
            else value_status(status)
        end as value_status
    from quarters
    group by kpi_id, year, of_period, of_state
),

consolidated as (
    select
        *,
        value_quarters > 0 and (
            consolidation = 'last' or null_quarters = 0 or period_state = 'in_progress'
        ) as is_measured
    from from_quarters
),

computed as (
    select kpi_id, year, period, value, status, reason, is_proven, period as target_period
    from awarded
    where consolidation = 'pooled' or period like 'Q%'
    union all
    select
        kpi_id,
        year,
        period,
        case
            when not is_measured then null
            when consolidation = 'average' then mean_value
            when consolidation = 'sum' then sum_value
            else last_value
        end as value,
        if(is_measured, value_status, null_status) as status,
        case
            when not is_measured then null_reason
            when consolidation in ('average', 'sum')
                then if(consolidation = 'sum', 'sum', 'mean') || ' of ' || value_quarters
                    || if(value_quarters = 1, ' quarter', ' quarters') || coalesce(reservations, '')
                    || if(period_state = 'closed' and cut <> '', '; ' || cut || ' only', '')
            else 'last known value: ' || last_reason || if(is_older, '; ' || latest_null, '')
        end as reason,
        is_proven,
        -- a conversion changes the scale within the year, and the target with it: a value is
        -- measured by the target of the quarter it is from
        if(
            consolidation = 'last'
            and kpi_id in (select conversions.kpi_id from ref.conversions as conversions),
            coalesce(last_quarter, period),
            period
        ) as target_period
    from consolidated
    where consolidation <> 'pooled' and period not like 'Q%'
)

select
    kpis.kpi_id,
    kpis.year,
    kpis.period,
    kpis.period_end,
    kpis.period_state,
    'computed' as basis,
    computed.value,
    coalesce(computed.status, 'not_reported') as status,
    coalesce(computed.reason, 'none of its quarters is known yet') as reason,
    coalesce(computed.is_proven, false) as is_proven,
    coalesce(computed.target_period, kpis.period) as target_period
from kpis
left join computed using (kpi_id, year, period)
union all
select
    kpis.kpi_id,
    kpis.year,
    kpis.period,
    kpis.period_end,
    kpis.period_state,
    'reported' as basis,
    cast(reported.realisation as double) as value,
    'measured' as status,
    'reported: ' || reported.authority as reason,
    true as is_proven,
    kpis.period as target_period
from kpis
join ref.reported as reported using (kpi_id, year, period)
