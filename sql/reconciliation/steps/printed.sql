-- title: The figures of a reference file, each with what its subject and its period are
-- grain: one row per figure
-- reads: reference.rows, ref.kpis, ref.nodes, ref.metric_definitions, ref.composites
with spelt as (
    select
        line,
        figure_id,
        coalesce(section, '') as section,
        subject,
        lower(subject) as name,
        lower(channel) as channel,
        lower(service) as service,
        case
            when regexp_full_match(period, '\d{4}') then period || '-Y'
            when regexp_full_match(period, '\d{4}-\w+(-\w+)?') then upper(period)
            else period
        end as period,
        lower(measure) as measure,
        value,
        places,
        printed_text,
        coalesce(remark, printed_text) as words
    from reference.rows
),

dated as (
    select
        *,
        try_cast(left(period, 4) as integer) as year,
        period[6:] as part,
        last_day(try_cast(left(period, 4) || '-' || last_month(period[6:]) || '-01' as date))
            as period_end
    from spelt
),

-- codes move between years: the one in force at the period's end goes before the others
kpi_names as (
    select
        kpi_id,
        unnest([kpi_id, lower(code), lower(name_id), lower(name_en)]) as name,
        valid_from,
        valid_to
    from ref.kpis
),

kpis as (
    select
        dated.line,
        arg_max(
            kpi_names.kpi_id,
            if(
                is_in_force(dated.period_end, kpi_names.valid_from, kpi_names.valid_to),
                date '9999-12-31', kpi_names.valid_from
            )
        ) as kpi_id
    from dated
    join kpi_names using (name)
    group by dated.line
),

nodes as (
    select name, min(node_id) as node_id
    from (
        select node_id, unnest([node_id, lower(code), lower(name_id), lower(name_en)]) as name
        from ref.nodes
    )
    group by name
),

known as (
    select
        dated.*,
        regexp_full_match(measure, '(target|realisation|index|achievement|cap)(_.*)?')
            as is_scored,
        kpis.kpi_id,
        nodes.node_id,
        definitions.metric_id,
        composites.composite_id,
        regexp_matches(measure, '_average(_column)?$') as is_average,
        regexp_matches(measure, '_as_worded$') as is_worded
    from dated
    left join kpis using (line)
    left join nodes using (name)
    left join ref.metric_definitions as definitions on definitions.metric_id = dated.name
    left join ref.composites as composites on composites.composite_id = dated.name
),

-- a KPI and a metric may share an id: what is measured of it tells them apart
named as (
    select
        *,
        case
            when kpi_id is not null and name <> kpi_id then 'kpi:' || kpi_id
            when metric_id is not null
                and (kpi_id is null or channel is not null or service is not null or not is_scored)
                then 'metric:' || metric_id
            when kpi_id is not null then 'kpi:' || kpi_id
            when node_id is not null then 'node:' || node_id
            when composite_id is not null then 'composite:' || composite_id
            else 'other:' || name
        end as subject_key
    from known
)

select
    line,
    figure_id,
    section,
    subject,
    subject_key,
    channel,
    service,
    period,
    year,
    period_end,
    case
        when period_end is null then 'none'
        when part = 'Y' then 'year'
        when part[1] = 'Q' then 'quarter'
        when length(part) = 2 and part[1] <> 'S' then 'month'
        else 'other'
    end as kind,
    case
        when regexp_matches(subject_key, '^(metric|composite):')
            and (is_average or measure = 'value') then split_part(subject_key, ':', 2)
        else regexp_replace(measure, '(_average(_column)?|_as_worded)$', '')
    end as measure,
    measure as printed_measure,
    is_average,
    is_worded,
    value,
    places,
    printed_text,
    words,
    -- what tells the row apart in a sentence
    coalesce(service, channel, subject) as row_name
from named
order by line
