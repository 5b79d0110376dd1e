-- title: One thing has one figure, wherever it is printed
-- words: only one of the figures can be the one to quote
-- reads: reference.printed, reference.scores, reference.pairs, reference.misnamed
with figures as (
    select * from reference.printed
    where value is not null and not is_worded and not is_average and kind <> 'none'
        and figure_id not in (select figure_id from reference.misnamed)
),

groups as (
    select
        subject_key,
        channel,
        service,
        period,
        measure,
        min(places) as places,
        arg_min(figure_id, line) as figure_id
    from figures
    group by all
),

versions as (
    select
        groups.figure_id,
        arg_max(figures.value, figures.places) as value,
        max(figures.places) as places,
        min(figures.line) as line,
        string_agg(
            distinct nullif(figures.section, ''), ', ' order by nullif(figures.section, '')
        ) as sections
    from groups
    join figures using (subject_key, period, measure)
    where figures.channel is not distinct from groups.channel
        and figures.service is not distinct from groups.service
    -- to the precision that all of them share
    group by groups.figure_id, half_up(figures.value, groups.places)
),

told as (
    select
        figure_id,
        string_agg(
            shown(value, places) || coalesce(' (' || sections || ')', ''), ', and as ' order by line
        ) as words
    from versions
    group by figure_id
    having count(*) > 1
),

-- which of them the printed index goes with
followed as (
    select
        groups.figure_id,
        pairs.words,
        pairs.achievement,
        max(scores.places) as places,
        bool_or(
            equals(scores.value, pairs.achievement, scores.places)
            or equals(scores.value, pairs.index, scores.places)
        ) as fits
    from groups
    join told using (figure_id)
    join reference.pairs as pairs using (subject_key, period)
    join reference.scores as scores using (subject_key, period)
    where groups.measure in ('realisation', 'target') and not pairs.is_doubtful
        -- an index is the KPI's, and not its channel's or service's
        and coalesce(groups.channel, groups.service) is null
        and pairs.realisation_id not in (select figure_id from reference.misnamed)
    group by groups.figure_id, pairs.words, pairs.achievement
),

consequences as (
    select
        figure_id,
        string_agg(
            words || ', which is ' || shown(achievement, places), ', and from ' order by words
        )
            filter (fits) as fitting,
        string_agg(words || ' would be ' || shown(achievement, places), ', ' order by words)
            filter (not fits) as others
    from followed
    group by figure_id
)

select
    printed.figure_id,
    null as computed,
    concat_ws(
        ' ',
        printed.subject, if(printed.row_name = printed.subject, null, printed.row_name),
        spoken(printed.period)
    ) || ': the ' || replace(printed.measure, '_', ' ') || ' is printed as ' || told.words || '.'
        || coalesce(
            ' The printed index follows from ' || consequences.fitting || '; '
            || consequences.others || '.',
            ''
        ) as finding
from told
join reference.printed as printed using (figure_id)
left join consequences using (figure_id)
order by printed.line
