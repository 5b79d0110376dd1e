-- title: Each printed figure beside the computed one
-- grain: one row per figure
-- reads: reference.printed, reference.computed, ref.calendar, ref.reported
with extent as (
    select min(month) as first_month, last_day(max(month)) as last_day from ref.calendar
),

matched as (
    select
        printed.*,
        printed.measure || if(printed.is_average, '_average', '') as asked,
        computed.measure is not null as is_known,
        computed.value as computed,
        coalesce(computed.reported, register.realisation) as reported,
        computed.status,
        computed.reason as why
    from reference.printed as printed
    left join reference.computed as computed
        on (computed.subject_key, computed.period)
            = (printed.subject_key, printed.period)
        and computed.measure = printed.measure || if(printed.is_average, '_average', '')
        and computed.channel is not distinct from printed.channel
        and computed.service is not distinct from printed.service
    -- also of years before the home's first month
    left join ref.reported as register
        on printed.subject_key = 'kpi:' || register.kpi_id and printed.measure = 'realisation'
        and not printed.is_average and coalesce(printed.channel, printed.service) is null
        and printed.period = register.year || '-' || register.period
),

-- what the home knows of a subject at all, for the reason why it does not know a figure
known as (
    select
        subject_key,
        list(distinct measure order by measure) as measures,
        list(distinct coalesce(service, channel) order by coalesce(service, channel)) as parts
    from reference.computed
    group by subject_key
),

judged as (
    select
        matched.*,
        case
            when value is null then 'not_a_figure'
            when computed is null then 'not_computable'
            when equals(computed, value, places) then 'equal'
            else 'differs'
        end as verdict,
        case
            when value is null then if(words is null, 'nothing is printed', 'words, no number')
            when computed is not null then status || ': ' || why
            when period_end is null
                then quoted_words(period) || ' is no period of kring; write 2024-Y, 2024-Q3, '
                || '2024-S1, 2024-YTD-Q3 or 2024-03'
            when is_known then status || ': ' || coalesce(why, 'no value')
            when subject_key like 'other:%'
                then 'no KPI, node, metric or composite of this home is called '
                || quoted_words(subject)
            when period_end < extent.first_month
                then 'lies before the first month of this home, '
                || strftime(extent.first_month, '%Y-%m')
            when period_end > extent.last_day
                then 'lies after the last month of this home, '
                || strftime(extent.last_day, '%Y-%m')
            when not list_contains(coalesce(known.measures, []), asked)
                then 'kring computes no ' || quoted_words(printed_measure) || ' of '
                || quoted_words(subject)
                -- a KPI that has not begun, or a metric that nothing delivers, has none yet
                || coalesce(', only ' || array_to_string(
                    list_filter(known.measures, lambda measure: measure not like '%\_average' escape '\'),
                    ', '
                ), '')
            when channel is null and service is null and subject_key like 'metric:%'
                then 'is counted by channel or service: name one of '
                || array_to_string(known.parts, ', ')
            when channel is not null or service is not null
                then 'is not computed for ' || concat_ws(', ', channel, service)
                || if(
                    subject_key like 'metric:%',
                    '', ': leave channel and service empty, or name the metric'
                )
            else 'is not computed for ' || period
        end as reason
    from matched
    left join known using (subject_key)
    cross join extent
)

select
    line,
    figure_id,
    section,
    subject,
    channel,
    service,
    period,
    printed_measure as measure,
    value as printed,
    places as printed_decimals,
    printed_text,
    computed,
    reported,
    try_cast(value - half_up(computed, places) as decimal(18, 6)) as difference,
    verdict,
    reason
from judged
order by line
