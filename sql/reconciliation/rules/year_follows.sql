-- title: The figure of a year follows from its quarters or months
-- words: the year cannot be recomputed from the columns that are printed
-- reads: reference.printed, reference.columns, reference.year_readings, reference.computed, reference.misnamed, reference.kpis
with readings as (
    select
        printed.*,
        rules.consolidation,
        coalesce(rules.source, printed.subject_key) like 'composite:%' as has_parts,
        readings.role,
        readings.way,
        readings.value as reading,
        readings.shown as columns_shown,
        least(printed.places, readings.places) as common_places,
        -- within them, or within what rounds to them
        printed.value between readings.lowest - 0.5 * power(10, -common_places)
            and readings.highest + 0.5 * power(10, -common_places) as is_within,
        case
            when rules.consolidation in ('last', 'sum') then readings.role = rules.consolidation
            when rules.consolidation is null then readings.role <> 'run'
            else readings.role = 'mean'
        end as is_allowed
    from reference.printed as printed
    join reference.year_readings as readings using (figure_id)
    left join reference.kpis as rules using (subject_key)
),

pooled as (
    select printed.figure_id
    from reference.printed as printed
    join reference.computed as computed using (subject_key, period, measure)
    left join reference.kpis as rules using (subject_key)
    where computed.channel is not distinct from printed.channel
        and computed.service is not distinct from printed.service
        and coalesce(rules.consolidation, 'pooled') = 'pooled'
        and equals(computed.value, printed.value, printed.places)
),

-- the column Average, repeated, is answered where that column is
repeated as (
    select distinct readings.figure_id
    from readings
    join reference.columns as columns using (figure_id)
    where columns.kind = 'average' and equals(columns.value, readings.value, readings.places)
),

unexplained as (
    select
        *,
        bool_or(is_allowed and agrees(reading, value, common_places))
            over (partition by figure_id) as follows
    from readings
    where figure_id not in (
        from pooled union all from repeated union all select figure_id from reference.misnamed
    )
),

expected as (
    select * from unexplained
    where not follows and is_allowed
    qualify row_number() over (
        partition by figure_id order by list_position(['mean', 'last', 'sum'], role), reading
    ) = 1
),

-- a run of columns that gives it exactly, if there is only one such run
runs as (
    select figure_id, any_value(way) as way
    from unexplained
    where role = 'run' and equals(reading, value, places)
    group by figure_id
    having count(distinct way) = 1
),

once as (
    select
        *,
        string_agg(nullif(section, ''), ', ') over (
            partition by subject_key, channel, service, year, measure, value
            order by line rows between unbounded preceding and unbounded following
        ) as sections
    from expected
    qualify row_number() over (
        partition by subject_key, channel, service, year, measure, value order by line
    ) = 1
)

select
    once.figure_id,
    once.reading as computed,
    if(row_name = subject, subject, subject || ' ' || row_name) || ' ' || spoken(period) || ': '
        || shown(value, places) || ' is printed' || coalesce(' (' || sections || ')', '')
        || ', but the ' || once.way
        || if(once.way like '%quarter%', ' (' || columns_shown || ')', '') || ' is '
        || shown(reading, places) || '.'
        || case
            when runs.way is not null
                then ' It is exactly the ' || runs.way
                || ': the headings may be shifted by one column.'
            when role = 'mean' and consolidation is distinct from 'average'
                and is_within
                then ' Pooled over volumes it may be right; the volumes are not printed.'
            when role = 'mean' and consolidation is distinct from 'average' and has_parts
                then ' It lies outside of all of them; its parts, each pooled over its own volumes, '
                || 'may still give it.'
            when role = 'mean' and consolidation is distinct from 'average'
                then ' It lies outside of all of them, so no weighting gives it.'
            else ''
        end as finding
from once
left join runs using (figure_id)
