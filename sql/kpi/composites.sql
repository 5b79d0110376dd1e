-- title: Composite metrics of the register in each period and month, counts of its months pooled (a KPI's year may be the mean of its quarters)
-- grain: one row per composite, year and period, or month
-- reads: kpi.changes, kpi.parts, ref.calendar, ref.composites, ref.composite_parts
-- order: year, period, counted_from nulls first, composite_id
-- And again with `counted_from`, as in cells.
with spans as (
    select distinct
        parts.year,
        parts.period,
        parts.counted_from,
        parts.period_end,
        parts.period_state,
        coalesce(parts.counted_from, calendar.period_begin, date_trunc('month', parts.period_end))
            as begin
    from kpi.parts as parts
    left join (select distinct year, period, period_begin from ref.calendar) as calendar
        using (year, period)
),

weighted as (
    select
        rule.composite_id,
        rule.part_id,
        cast(rule.weight as double) as weight,
        composites.missing,
        spans.*,
        parts.value,
        coalesce(parts.is_proven, false) as is_proven,
        coalesce(parts.status, 'not_reported') as status,
        coalesce(
            parts.reason,
            if(
                rule.source like 'input:%' and length(spans.period) = 7,
                rule.source || ' is known by quarters',
                'nothing delivers ' || concat_ws(' ', rule.source, rule.channel, rule.service)
            )
        ) as reason
    from ref.composite_parts as rule
    join ref.composites as composites using (composite_id)
    -- a part of which there is not one row is missing, and not left out
    join spans
        -- the weights in force when the period ends are the period's
        on is_in_force(spans.period_end, rule.valid_from, rule.valid_to)
    left join kpi.parts as parts
        on parts.source = rule.source
        and parts.channel is not distinct from rule.channel
        and parts.service is not distinct from rule.service
        and parts.year = spans.year
        and parts.period = spans.period
        and parts.counted_from is not distinct from spans.counted_from
),

combined as (
    select
        composite_id,
        year,
        period,
        counted_from,
        period_end,
        period_state,
        begin,
        any_value(missing) as missing,
        sum(weight * value order by part_id)
            / nullif(sum(weight order by part_id) filter (value is not null), 0) as value,
        coalesce(sum(weight order by part_id) filter (value is not null), 0)
            / sum(weight order by part_id) as measured_share,
        count(*) as parts,
        count(value) as parts_measured,
        bool_and(is_proven) as is_proven,
        null_status(status) as null_status,
        -- a mean without a part that is withheld is not of complete exports
        if(
            bool_or(is_withheld(status)) and value_status(status) = 'measured',
            'provisional',
            value_status(status)
        ) as value_status,
        string_agg(part_id || ': ' || reason, '; ' order by part_id)
            filter (value is null) as null_reason,
        string_agg(distinct reason, '; ' order by reason)
            filter (value is not null) as value_reason
    from weighted
    group by composite_id, year, period, counted_from, period_end, period_state, begin
),

ruled as (
    select
        *,
        parts_measured = parts or (missing = 'mean_of_measured' and parts_measured > 0)
            as is_measured,
        last_change('parts', composite_id, period_end) as changed_on
    from combined
)

select
    composite_id,
    year,
    period,
    counted_from,
    period_end,
    period_state,
    if(is_measured, value, null) as value,
    measured_share,
    parts,
    parts_measured,
    is_proven,
    if(is_measured, value_status, null_status) as status,
    if(
        is_measured,
        value_reason || held_since('parts', changed_on, begin) || if(
            parts_measured < parts,
            '; ' || parts_measured || ' of ' || parts || ' parts, without ' || null_reason,
            ''
        ),
        null_reason
    ) as reason
from ruled
