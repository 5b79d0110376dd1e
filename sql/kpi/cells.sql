-- title: What each metric comes to in each period
-- grain: one row per metric, channel, service, year and period, or month
-- reads: metric.monthly, kpi.counted_now, ref.calendar, ref.kpis, ref.metrics, ref.metric_definitions, ref.requirements
-- order: year, period, counted_from nulls first, metric_id, channel nulls first, service nulls first
-- And again with `counted_from`, from a KPI's first month on: for realisations, not for readers.
with spans as (
    select
        year,
        period,
        counted_from,
        month,
        period_end,
        period_state,
        cut_short(period_begin, period_end, min(month) over whole, max(month) over whole) as cut
    from months_of_periods()
    window whole as (partition by year, period, counted_from)
    union all
    select distinct
        year, strftime(month, '%Y-%m') as period, cast(null as date), month, last_day(month),
        month_state, ''
    from ref.calendar
),

-- queues, sources and policies are pooled first: the worst state of a month is the month's;
-- what cannot be summed is no figure where there is more than one of them
months as (
    select
        month,
        metric_id,
        channel,
        service,
        any_value(rollup) = 'none' and count(*) > 1 as is_unpoolable,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        bool_and(is_proven) as is_proven,
        bool_or(status = 'failed') as is_failed,
        bool_or(status = 'incomplete') as is_incomplete,
        bool_or(status = 'not_reported') or is_unpoolable as is_not_reported,
        is_failed or is_incomplete or is_not_reported as is_null,
        bool_or(status = 'provisional') as is_provisional,
        bool_or(status = 'in_progress') as is_in_progress,
        coalesce(
            string_agg(distinct reason, '; ' order by reason)
                filter (status not in ('measured', 'no_volume')),
            case
                when is_unpoolable
                    then 'cannot be pooled: metric.monthly has ' || count(*) || ' figures of it'
            end
        ) as reason
    from metric.monthly
    join (select metric_id, rollup from ref.metric_definitions) using (metric_id)
    group by month, metric_id, channel, service
),

-- what closed months were closed without, though it is counted now: cells that the register has come
-- to require, and metrics that began later. What came late of a cell nobody requires is held out
-- like any late row, and nothing to count would have added nothing
lacking as (
    select distinct month, metric_id, channel, service
    from kpi.counted_now as now
    where
        status <> 'no_volume'
        and not exists (
            select 1 from metric.monthly as closed
            where closed.month = now.month
                and closed.metric_id = now.metric_id
                and closed.channel is not distinct from now.channel
                and closed.service is not distinct from now.service
        )
        and (
            exists (
                select 1 from ref.requirements as required
                where required.metric_id = now.metric_id
                    and required.channel is not distinct from now.channel
                    and required.service is not distinct from now.service
            )
            or not exists (
                select 1 from metric.monthly as closed
                join (select distinct month from kpi.counted_now) using (month)
                where closed.metric_id = now.metric_id
                    and date_trunc('quarter', closed.month) = date_trunc('quarter', now.month)
            )
        )
),

-- a cell that nobody requires has no row in a month without its export: there it is missing as those
-- are that are required of the same export. Calls and chats are a channel each, and tell of no other
unseen as (
    select
        gaps.month,
        cells.metric_id,
        cells.channel,
        cells.service,
        any_value(gaps.reason order by gaps.reason) as reason
    from (
        select metric_id, channel, service, min(month) as first_month
        from months
        group by all
    ) as cells
    join months as gaps
        on gaps.metric_id = cells.metric_id
        and gaps.month > cells.first_month
        and gaps.is_incomplete
    join ref.requirements as required
        on required.metric_id = gaps.metric_id
        and required.channel is not distinct from gaps.channel
        and required.service is not distinct from gaps.service
        and required.kind not in ('calls', 'chats')
    where not exists (
        select 1 from months as there
        where there.month = gaps.month
            and there.metric_id = cells.metric_id
            and there.channel is not distinct from cells.channel
            and there.service is not distinct from cells.service
    )
    group by all
),

whole_months as (
    from months
    union all by name
    select
        *,
        false as is_proven,
        true as is_incomplete,
        false as is_not_reported,
        true as is_null
    from unseen
    union all by name
    select
        *,
        false as is_proven,
        true as is_not_reported,
        true as is_null,
        closed_without_figure() as reason
    from lacking
),

summed as (
    select
        spans.year,
        spans.period,
        spans.counted_from,
        spans.period_end,
        spans.period_state,
        spans.cut,
        months.metric_id,
        months.channel,
        months.service,
        -- a month without a figure gives no part of one: not its healthy queues alone either
        sum(months.numerator) filter (not is_null) as numerator,
        sum(months.denominator) filter (not is_null) as denominator,
        bool_and(is_proven) as is_proven,
        bool_or(is_failed) as has_failed,
        bool_or(is_incomplete) as has_incomplete,
        bool_and(is_not_reported) as is_not_reported,
        bool_or(is_not_reported) as has_not_reported,
        bool_or(is_provisional) as is_provisional,
        bool_or(is_in_progress) as is_in_progress,
        string_agg(strftime(month, '%Y-%m') || ' ' || reason, '; ' order by month)
            filter (is_null) as null_months,
        string_agg(strftime(month, '%Y-%m'), ', ' order by month)
            filter (is_provisional) as provisional_months
    from whole_months as months
    join spans using (month)
    join ref.metric_definitions as definitions using (metric_id)
    -- a metric that cannot be summed is shown for months only
    where definitions.rollup = 'sum' or length(spans.period) = 7
    group by all
),

judged as (
    select
        *,
        case
            when is_not_reported then 'not_reported'
            when period_state = 'closed' and has_failed then 'failed'
            when period_state = 'closed' and (has_incomplete or has_not_reported)
                then 'incomplete'
            when coalesce(denominator, 0) <= 0
                then case
                    when has_failed then 'failed'
                    -- also of a running period: what is not known of a month may have been much
                    when has_incomplete or has_not_reported then 'incomplete'
                    else 'no_volume'
                end
            when period_state = 'in_progress' or is_in_progress then 'in_progress'
            when is_provisional then 'provisional'
            else 'measured'
        end as status,
        is_withheld(status) as is_withheld,
        has_value(status) as has_value
    from summed
)

select
    year,
    period,
    counted_from,
    period_end,
    period_state,
    metric_id,
    channel,
    service,
    if(is_withheld, null, judged.numerator) as numerator,
    if(is_withheld, null, judged.denominator) as denominator,
    case
        when has_value
            then cast(judged.numerator as double) / cast(judged.denominator as double)
            * scale_of(definitions.unit)
    end as value,
    definitions.unit,
    is_proven,
    status,
    case status
        when 'failed' then null_months
        when 'incomplete' then null_months
        when 'not_reported' then null_months
        when 'no_volume'
            then if(
                judged.denominator < 0,
                'the denominator is negative',
                'nothing to count in any month'
            )
        when 'in_progress'
            then 'the period is running' || coalesce('; without ' || null_months, '')
        when 'provisional' then 'late data is expected for ' || provisional_months
        else 'counted from complete exports'
    end || if(has_value and period_state = 'closed' and cut <> '', '; ' || cut || ' only', '')
        as reason,
    case
        when has_value and definitions.unit = 'share'
            then 100 * wilson_lower(judged.numerator, judged.denominator)
    end as lower_95,
    case
        when has_value and definitions.unit = 'share'
            then 100 * wilson_upper(judged.numerator, judged.denominator)
    end as upper_95,
    case when has_value then coalesce(judged.denominator < metrics.minimum_n, false) end as is_few
from judged
join ref.metric_definitions as definitions using (metric_id)
left join ref.metrics as metrics using (metric_id)
