-- title: What longer periods take from their quarters, of KPIs that are not pooled
-- grain: one row per KPI, year and period longer than a quarter of which some quarter is known
-- reads: kpi.changes, kpi.direct, kpi.closed_realisations, ref.conversions, ref.calendar, ref.kpis
-- a closed quarter goes into longer periods as it was closed, also of a KPI whose row in the
-- register does not reach it any more
with settled as (
    select
        coalesce(closed.kpi_id, direct.kpi_id) as kpi_id,
        coalesce(closed.year, direct.year) as year,
        coalesce(closed.period, direct.period) as period,
        if(closed.kpi_id is null, direct.value, closed.value) as value,
        -- a former rule closed nothing due as measured without a value
        case
            when closed.kpi_id is null then direct.status
            when closed.status = 'measured' and closed.value is null then 'no_volume'
            else closed.status
        end as status,
        if(closed.kpi_id is null, direct.reason, closed.reason) as reason,
        if(closed.kpi_id is null, direct.is_proven, closed.is_proven) as is_proven
    from kpi.direct as direct
    full join kpi.closed_realisations as closed
        on closed.kpi_id = direct.kpi_id
        and closed.year = direct.year
        and closed.period = direct.period
),

quarters as (
    select
        settled.*,
        calendar.period as of_period,
        calendar.period_state as of_state,
        -- from when it is: the home's first month in it, or the KPI's, unless a quarter closed
        -- before that goes in
        cut_short(
            own.period_begin,
            own.period_end,
            if(own.counted_from <= calendar.quarter_last, own.counted_from, own.first_month),
            own.last_month
        ) as cut,
        -- the rule in force when the longer period ends, whatever its quarters' own was
        own.consolidation,
        exists (
            select 1 from ref.conversions as conversions
            where conversions.kpi_id = settled.kpi_id
                and is_in_force(
                    last_day(date_trunc('quarter', quarter_last) + interval 2 month),
                    conversions.valid_from, conversions.valid_to
                )
        ) as is_converted,
        -- its quarters are counted each by its own
        (
            select string_agg(
                '; its ' || changes.what || ' changed on ' || strftime(changes.day, '%Y-%m-%d'),
                '' order by changes.day, changes.what
            )
            from kpi.changes as changes
            join ref.kpis as kpis
                on changes.what = 'source' and changes.id = kpis.kpi_id
                or changes.what = 'parts' and 'composite:' || changes.id = kpis.source
            where kpis.kpi_id = own.kpi_id
                and is_in_force(own.period_end, kpis.valid_from, kpis.valid_to)
                and changes.day > own.period_begin
                and date_trunc('quarter', changes.day) = date_trunc('quarter', quarter_last)
        ) as changed
    from settled
    join (
        select year, period, quarter, period_state, max(month) as quarter_last
        from ref.calendar
        group by all
    ) as calendar
        on calendar.year = settled.year and calendar.quarter = settled.period
    join kpi.direct as own
        on own.kpi_id = settled.kpi_id
        and own.year = calendar.year
        and own.period = calendar.period
        and not own.is_direct
),

from_quarters as (
    select
        kpi_id,
        year,
        of_period as period,
        of_state as period_state,
        any_value(consolidation) as consolidation,
        arg_min(cut, period) as cut,
        string_agg(changed, '' order by period) filter (value is not null) as changed,
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
        count(value) filter (is_converted) as converted_quarters,
        string_agg(period, ', ' order by period) filter (is_converted and value is not null)
            as converted,
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

judged as (
    select
        *,
        value_quarters > 0 and (
            consolidation = 'last' or null_quarters = 0 or period_state = 'in_progress'
        ) as is_measured
    from from_quarters
)

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
                || if(value_quarters = 1, ' quarter', ' quarters')
                || if(
                    converted_quarters between 1 and value_quarters - 1,
                    '; of which ' || converted || ' converted', ''
                )
                || coalesce(changed, '')
                || coalesce(reservations, '')
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
from judged
