-- title: Remarks that say reached or not reached agree with the figures they stand beside
-- words: the remarks follow another rule than the report states, or none
-- reads: reference.printed, ref.metrics, ref.kpis
with remarks as (
    select
        *,
        replace(lower(words), '_', ' ') as said,
        not regexp_matches(lower(words), '\b(belum|tidak|not|below|never)\b') as says_reached,
        regexp_replace(
            lower(words),
            '\b(belum|tidak|not|below|never)\b.*?\b(tercapai|reached|met|achieved)\b', '', 'g'
        ) as affirmed
    from reference.printed
    where value is null and kind in ('month', 'quarter', 'year')
        and regexp_matches(lower(words), '\b(tercapai|reached|met|achieved)\b')
        -- what says both, each of another channel, is not taken apart
        and (says_reached or not regexp_matches(affirmed, '\b(tercapai|reached|met|achieved)\b'))
),

figures as (
    select printed.*
    from reference.printed as printed
    left join ref.metrics as metrics on printed.subject_key = 'metric:' || metrics.metric_id
    left join (select distinct kpi_id from ref.kpis where polarity <> 'maximise') as kpis
        on printed.subject_key = 'kpi:' || kpis.kpi_id
    where value is not null and not is_average and not is_worded
        and (measure = 'realisation' or subject_key like '%:' || measure)
        -- more is better
        and metrics.direction is distinct from 'lower' and kpis.kpi_id is null
),

-- a remark that names a channel or service speaks of that one, any other of all
beside as (
    select
        remarks.figure_id as remark_id,
        remarks.line as remark_line,
        remarks.says_reached,
        figures.*,
        contains(said, replace(figures.row_name, '_', ' ')) as is_named,
        bool_or(is_named) over (partition by remarks.figure_id) as names_one,
        count(*) over (partition by remarks.figure_id) as parts
    from remarks
    join figures using (section, subject_key, period)
),

judged as (
    select
        beside.*,
        targets.value as target,
        targets.places as target_places
    from beside
    left join reference.printed as targets
        on targets.measure = 'target' and targets.value is not null
        and targets.subject_key = beside.subject_key
        and targets.channel is not distinct from beside.channel
        and targets.service is not distinct from beside.service
        and targets.period in (beside.period, beside.year || '-Y')
    -- "not reached in all" of several may mean some or each: it says nothing of one
    where if(names_one, is_named, says_reached or parts = 1)
    -- the period's own target before the year's, and that of the remark's chapter before another's
    qualify row_number() over (
        partition by beside.remark_id, beside.figure_id
        order by
            targets.period = beside.period desc, targets.section = beside.section desc, targets.line
    ) = 1
),

-- what is judged by one target: that of another quarter separates nothing here
rows as (
    select
        section,
        subject_key,
        row_name,
        min(subject) as subject,
        min(remark_line) as line,
        max(value) filter (not says_reached) as highest_not,
        min(value) filter (says_reached) as lowest_reached,
        arg_max(period, value) filter (not says_reached) as not_period,
        arg_min(period, value) filter (says_reached) as reached_period,
        max(places) as places,
        string_agg(spoken(period) || ' ' || shown(value, places), ', ' order by period)
            filter (says_reached and value < target) as below,
        string_agg(spoken(period) || ' ' || shown(value, places), ', ' order by period)
            filter (not says_reached and value >= target) as above,
        min(shown(judged.target, target_places)) as target
    from judged
    group by section, subject_key, row_name, judged.target
),

sentences as (
    select
        *,
        highest_not >= lowest_reached as is_torn,
        row_name || ' ' || shown(highest_not, places) || ' (' || spoken(not_period)
            || ') is called not reached and ' || shown(lowest_reached, places) || ' ('
            || spoken(reached_period) || ') reached: no target separates them' as torn,
        concat_ws(
            '; ',
            row_name || ' called reached below the printed target of ' || target || ': ' || below,
            row_name || ' called not reached at or above the printed target of ' || target
                || ': ' || above
        ) as missed
    from rows
    where highest_not >= lowest_reached or below is not null or above is not null
),

tables as (
    select
        section,
        subject_key,
        min(subject) as subject,
        min(line) as line,
        string_agg(torn, '. ' order by row_name desc, line) filter (is_torn) as torn,
        string_agg(nullif(missed, ''), '; ' order by row_name desc, line) as missed
    from sentences
    group by section, subject_key
)

select
    printed.figure_id,
    null as computed,
    tables.subject || ', remarks' || if(tables.section = '', '', ' in ' || tables.section) || ': '
        || concat_ws('. ', torn, upper(missed[1]) || missed[2:]) || '.' as finding
from tables
join reference.printed as printed using (line)
