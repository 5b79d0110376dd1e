-- title: Every metric, month by month
-- grain: one row per month, metric, channel, queue, service, source and policy; detail rows only
-- reads: metric.detail, ref.requirements, ref.metrics, ref.metric_definitions, ref.calendar, ref.clock, ops.coverage, ops.checks, ops.sources
-- order: month, metric_id, channel nulls first, queue nulls first, service nulls first, source nulls first, policy_id nulls first
with months as (select distinct month, month_state from ref.calendar),

-- what the register requires, and what is counted though nobody requires it: that rests on whole
-- exports just as much, those of the sources it is counted from
expected as (
    select
        required.metric_id,
        required.channel,
        required.service,
        required.kind,
        months.month,
        months.month_state,
        true as is_required
    from ref.requirements as required
    cross join months
    union all
    select distinct
        detail.metric_id,
        detail.channel,
        detail.service,
        sources.kind,
        months.month,
        months.month_state,
        false
    from metric.detail as detail
    join ops.sources as sources using (source)
    join months on months.month = detail.month
    where not exists (
        select 1 from ref.requirements as required
        where required.metric_id = detail.metric_id
            and (required.channel is null or required.channel = detail.channel)
            and (required.service is null or required.service = detail.service)
    )
),

-- how complete the exports behind each expected cell are; the worst kind decides
kinds as (
    select
        required.metric_id,
        required.channel,
        required.service,
        required.month,
        required.month_state,
        required.is_required,
        bool_or('incomplete' in (coverage.state, before.state)) as is_incomplete,
        bool_or(coalesce(coverage.state, 'not_reported') = 'not_reported') as is_not_reported,
        bool_and(coverage.state is not distinct from 'complete' and before.state is null)
            as is_proven,
        string_agg(
            concat_ws(
                '; ',
                before.reason,
                case
                    when coverage.kind is null then 'no source delivers ' || required.kind
                    when coverage.state <> 'complete' then coverage.reason
                end
            ), '; '
            order by required.kind
        ) filter (coverage.state is distinct from 'complete' or before.state is not null) as reason,
        -- what the figure was counted without, and why that is known
        bool_or(coverage.state = 'unproven') as is_partial,
        string_agg(distinct coverage.reason, '; ' order by coverage.reason)
            filter (coverage.state in ('complete', 'unproven') and coverage.reason <> '') as gaps
    from expected as required
    left join ops.coverage as coverage
        on coverage.kind = required.kind and coverage.month = required.month
    -- a complaint counts where it falls due, and is in the export of the month it was received in:
    -- without the month before, who knows what was due in this one
    left join ops.coverage as before
        on before.kind = required.kind
        and before.kind = 'complaints'
        and before.month = required.month - interval 1 month
        and before.state = 'incomplete'
    group by all
),

failures as (
    select
        definitions.metric_id,
        checks.month,
        string_agg(
            distinct checks.title || ': ' || checks.offending_rows || ' rows', '; '
            order by checks.title || ': ' || checks.offending_rows || ' rows'
        ) as reason
    from ops.checks as checks
    join ref.metric_definitions as definitions
        on list_contains(definitions.reads, checks.table_name)
    where checks.severity = 'block' and not checks.passed
    group by definitions.metric_id, checks.month
),

-- late data that a figure waits for is in exports of later months: while one of them is missing the
-- figure waits on, for it can only be too low
awaited as (
    select
        detail.metric_id,
        detail.month,
        string_agg(
            distinct strftime(coverage.month, '%Y-%m') || ' ' || coverage.reason, '; '
            order by strftime(coverage.month, '%Y-%m') || ' ' || coverage.reason
        ) as reason
    from (
        select metric_id, month, max(provisional_until) as until
        from metric.detail
        group by metric_id, month
    ) as detail
    join ref.requirements as required using (metric_id)
    join ops.coverage as coverage
        on coverage.kind = required.kind
        and coverage.month > detail.month
        and coverage.month <= detail.until
    where coverage.state = 'incomplete'
    group by detail.metric_id, detail.month
),

-- each expected cell has a row even where nothing happened
cells as (
    select
        coalesce(detail.month, kinds.month) as month,
        coalesce(detail.metric_id, kinds.metric_id) as metric_id,
        coalesce(detail.channel, kinds.channel) as channel,
        coalesce(detail.service, kinds.service) as service,
        detail.* exclude (month, metric_id, channel, service),
        coalesce(kinds.month_state, months.month_state) as month_state,
        coalesce(kinds.is_incomplete, false) as is_incomplete,
        coalesce(kinds.is_not_reported, false) as is_not_reported,
        coalesce(kinds.is_proven, false) as is_proven,
        kinds.reason as coverage_reason,
        coalesce(kinds.is_partial, false) as is_partial,
        kinds.gaps
    from metric.detail as detail
    full join kinds
        on kinds.metric_id = detail.metric_id
        and kinds.month = detail.month
        and if(
            kinds.is_required,
            (kinds.channel is null or kinds.channel = detail.channel)
            and (kinds.service is null or kinds.service = detail.service),
            kinds.channel is not distinct from detail.channel
            and kinds.service is not distinct from detail.service
        )
    left join months on months.month = detail.month
),

judged as (
    select
        cells.*,
        definitions.unit,
        failures.reason as failure,
        awaited.reason as awaited,
        metrics.coverage_floor,
        metrics.minimum_n,
        coalesce(cells.denominator, 0) / nullif(cells.eligible, 0) as coverage,
        -- the floor is the figure's: a small queue of which little is known takes no channel away
        sum(coalesce(cells.denominator, 0)) over figure / nullif(sum(cells.eligible) over figure, 0)
            as figure_coverage,
        definitions.unit = 'share' and not (cells.numerator between 0 and cells.denominator)
            as is_out_of_bounds,
        case
            when failures.reason is not null then 'failed'
            when cells.month_state = 'closed' and cells.is_incomplete then 'incomplete'
            when cells.is_not_reported then 'not_reported'
            -- before no_volume: there was volume, of which too little is known or nothing
            when coalesce(cells.denominator, 0) >= 0 and figure_coverage < metrics.coverage_floor
                then if(figure_coverage = 0, 'not_reported', 'incomplete')
            -- a running month too, where there is not a row: its only file was refused
            when cells.is_incomplete and cells.denominator is null then 'incomplete'
            when coalesce(cells.denominator, 0) <= 0 then 'no_volume'
            when is_out_of_bounds then 'failed'
            when cells.month_state = 'in_progress' then 'in_progress'
            when clock.as_of <= cells.provisional_until or awaited.reason is not null
                then 'provisional'
            else 'measured'
        end as status
    from cells
    cross join ref.clock as clock
    join ref.metric_definitions as definitions using (metric_id)
    left join ref.metrics as metrics using (metric_id)
    left join failures using (metric_id, month)
    left join awaited using (metric_id, month)
    window figure as (partition by metric_id, month, cells.channel, cells.service)
),

withheld as (
    select
        *,
        is_withheld(status) as is_withheld,
        has_value(status) as has_value
    from judged
)

select
    month,
    metric_id,
    channel,
    queue,
    service,
    source,
    case when not is_withheld then cast(coalesce(numerator, 0) as decimal(38, 12)) end
        as numerator,
    case when not is_withheld then cast(coalesce(denominator, 0) as decimal(38, 12)) end
        as denominator,
    case when has_value then cast(numerator as double) / cast(denominator as double) end as value,
    cast(coverage as double) as coverage,
    status,
    case status
        when 'failed' then coalesce(failure, 'the share lies outside 0..1')
        when 'incomplete'
            then if(
                is_incomplete,
                coverage_reason,
                -- what falls short of the floor is not rounded up to it
                'known for '
                || least(round(100 * figure_coverage, 1), round(100 * coverage_floor, 1) - 0.1)
                || ' % of rows, below the floor of '
                || round(100 * coverage_floor, 1) || ' %'
            )
        when 'not_reported'
            then if(is_not_reported, coverage_reason, 'known for none of the rows')
        when 'no_volume'
            then case
                when denominator < 0 then 'the denominator is negative'
                when coverage = 0 then 'known for none of the rows'
                when denominator = 0 and numerator <> 0 then 'the denominator is zero'
                when is_proven then 'the exports are there and hold nothing to count'
                else coalesce(coverage_reason, 'nothing to count')
            end
        when 'in_progress' then 'the month is running'
        when 'provisional'
            then coalesce(
                'late data is missing: ' || awaited,
                'late data is expected until ' || provisional_until
            )
        else
            if(is_partial, 'counted from the exports there are', 'counted from complete exports')
            || coalesce('; ' || gaps, '')
    end || case
        when not is_withheld and unit = 'ratio' and numerator > denominator and denominator > 0
            then '; above 100 %, kept as computed'
        else ''
    end || case
        when not is_withheld and denominator > 0 and denominator < minimum_n
            then '; few cases: ' || cast(denominator as bigint) || ', at least ' || minimum_n || ' wanted'
        else ''
    end as reason,
    policy_id,
    -- of rows of which nothing is known yet it is not proven that there was nothing to do
    is_proven and coverage is distinct from 0 as is_proven,
    case when has_value and unit = 'share' then wilson_lower(numerator, denominator) end
        as lower_95,
    case when has_value and unit = 'share' then wilson_upper(numerator, denominator) end
        as upper_95,
    case when has_value then coalesce(denominator < minimum_n, false) end as is_few
from withheld
