-- title: What is said not to have occurred is not measured elsewhere
-- words: an award for having nothing to do rests on a count that other figures contradict
-- reads: reference.printed, ref.kpis, ref.requirements
with remarks as (
    select * from reference.printed
    where value is null and subject_key like 'kpi:%'
        and regexp_matches(lower(words), '\b(no|none|nihil|tidak ada|tidak terdapat)\b')
),

-- what the remark is about: named in its words, or by the exports the KPI is counted from
things as (
    select remarks.figure_id, services.service
    from remarks
    join (select distinct service from reference.printed where service is not null) as services
        on contains(lower(remarks.words), replace(services.service, '_', ' '))
    union
    select remarks.figure_id, rtrim(requirements.kind, 's')
    from remarks
    join ref.kpis as kpis on remarks.subject_key = 'kpi:' || kpis.kpi_id
    join ref.requirements as requirements
        on kpis.source = 'metric:' || requirements.metric_id
    -- there may also be none of something else, such as obstacles
    where regexp_full_match(lower(remarks.words), '\W*(no|none|nihil|tidak ada|tidak terdapat)\W*')
        or list_has_any(
            long_words(remarks.words), long_words(concat_ws(' ', kpis.name_id, kpis.name_en))
        )
),

awards as (
    select
        remarks.figure_id,
        any_value(shown(printed.value, printed.places) order by printed.line) as shown
    from remarks
    join reference.printed as printed using (subject_key, period)
    where printed.measure = 'realisation' and printed.value >= 100
    group by remarks.figure_id
),

measured as (
    select
        remarks.figure_id,
        things.service,
        printed.section,
        string_agg(spoken(printed.period) || ' ' || shown(printed.value, printed.places), ', '
            order by printed.period) as words
    from remarks
    join things using (figure_id)
    join reference.printed as printed
        on printed.service = things.service and printed.year = remarks.year
    where printed.value > 0 and not printed.is_average and printed.measure <> 'target'
        and (printed.kind in ('quarter', 'month') or printed.section = remarks.section)
    group by all
)

select
    printed.figure_id,
    null as computed,
    printed.subject || ' ' || spoken(printed.period) || ': ' || awards.shown
        || ' is given, and the report says ' || quoted_words(printed.words) || '. Yet '
        || string_agg(
            replace(measured.service, '_', ' ') || ' has figures'
            || if(measured.section = '', '', ' in ' || measured.section) || ': ' || measured.words,
            '; ' order by measured.section
        ) || '. So there were some: ask whether truly none was to be followed up.' as finding
from measured
join awards using (figure_id)
join reference.printed as printed using (figure_id)
group by printed.figure_id, printed.subject, printed.period, printed.words, awards.shown,
    printed.line
