-- title: What each metric or input named by the register comes to in each period
-- grain: one row per source (with its channel and service), year and period, or month; again from a KPI's first month on
-- reads: kpi.cells, ref.calendar, kpi.inputs, ref.kpis, ref.composite_parts
-- order: year, period, counted_from nulls first, source, channel nulls first, service nulls first
with named as (
    select source, channel, service, valid_from, valid_to from ref.composite_parts
    union
    select source, channel, service, valid_from, valid_to from ref.kpis
    where source not like 'composite:%'
),

-- several cells of a metric pool their counts; one that is null makes the whole null
metrics as (
    select
        cells.year,
        cells.period,
        cells.counted_from,
        cells.period_end,
        cells.period_state,
        named.source,
        named.channel,
        named.service,
        sum(cells.numerator) as numerator,
        sum(cells.denominator) as denominator,
        any_value(cells.unit) as unit,
        bool_and(cells.is_proven) as is_proven,
        pooled_status(cells.status, cells.period_state) as status,
        string_agg(distinct cells.reason, '; ' order by cells.reason) as reason
    from (select distinct source, channel, service from named) as named
    join kpi.cells as cells
        on named.source = 'metric:' || cells.metric_id
        and (named.channel is null or named.channel = cells.channel)
        and (named.service is null or named.service = cells.service)
    group by all
),

quarters as (
    select distinct
        year,
        period,
        counted_from,
        period_end,
        period_state,
        quarter,
        last_day(date_trunc('quarter', month) + interval 2 month) as quarter_end
    from months_of_periods()
),

-- of an input that begins or ends within the year, the quarters in which somebody names it
wanted as (
    select distinct quarters.*, named.source, named.channel, named.service
    from named
    join quarters on is_in_force(quarters.quarter_end, named.valid_from, named.valid_to)
    where named.source like 'input:%'
),

inputs as (
    select
        wanted.year,
        wanted.period,
        wanted.counted_from,
        wanted.period_end,
        wanted.period_state,
        wanted.source,
        wanted.channel,
        wanted.service,
        sum(inputs.numerator) as numerator,
        sum(inputs.denominator) as denominator,
        any_value(inputs.value) as single_value,
        count(*) as quarters,
        count(inputs.input_id) as reported_quarters,
        string_agg(wanted.quarter, ', ' order by wanted.quarter)
            filter (inputs.input_id is null) as missing,
        string_agg(
            inputs.period || ': ' || inputs.evidence
            || if(inputs.is_synthetic, ' (synthetic)', ''), '; ' order by inputs.period
        ) as evidence
    from wanted
    left join kpi.inputs as inputs
        on wanted.source = 'input:' || inputs.input_id
        and inputs.year = wanted.year
        and inputs.period = wanted.quarter
    group by all
),

judged as (
    select
        *,
        case
            when reported_quarters = 0 then 'not_reported'
            when reported_quarters < quarters and period_state = 'closed' then 'incomplete'
            -- values that name no components cannot be pooled
            when quarters > 1 and single_value is not null then 'incomplete'
            when denominator = 0 then 'no_volume'
            when period_state = 'in_progress' then 'in_progress'
            else 'measured'
        end as status
    from inputs
)

select
    year,
    period,
    counted_from,
    period_end,
    period_state,
    source,
    channel,
    service,
    numerator,
    denominator,
    case
        when has_value(status)
            then cast(numerator as double) / cast(denominator as double)
            * scale_of(unit)
    end as value,
    is_proven,
    status,
    reason
from metrics
union all
select
    year,
    period,
    counted_from,
    period_end,
    period_state,
    source,
    channel,
    service,
    numerator,
    denominator,
    case
        when not has_value(status) then null
        when denominator > 0 then 100 * cast(numerator as double) / cast(denominator as double)
        else cast(single_value as double)
    end as value,
    true as is_proven,
    status,
    concat_ws(
        '; ',
        'no input for ' || missing,
        if(status = 'no_volume', 'nothing was to be done', null),
        case
            when quarters > 1 and single_value is not null
                then 'values of single quarters without components cannot be pooled'
        end,
        evidence
    ) as reason
from judged
