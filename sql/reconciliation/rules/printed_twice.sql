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
        arg_min(figure_id, line) as figure_id
    from figures
    group by all
),

members as (
    select groups.figure_id as group_id, figures.*
    from groups
    join figures using (subject_key, period, measure)
    where figures.channel is not distinct from groups.channel
        and figures.service is not distinct from groups.service
),

-- each number that is printed, but for those that only say another less precisely
numbers as (
    select distinct group_id, value, places
    from members
    where not exists (
        from members as finer
        where finer.group_id = members.group_id and finer.places > members.places
            and equals(finer.value, members.value, members.places)
    )
),

versions as (
    select
        numbers.group_id as figure_id,
        numbers.value,
        numbers.places,
        min(members.line) as line,
        string_agg(
            distinct nullif(members.section, ''), ', ' order by nullif(members.section, '')
        ) as sections
    from numbers
    join members
        on members.group_id = numbers.group_id
        and equals(members.value, numbers.value, least(members.places, numbers.places))
    group by numbers.group_id, numbers.value, numbers.places
),

told as (
    select
        figure_id,
        string_agg(
            shown(value, places) || coalesce(' (' || sections || ')', ''), ', and as ' order by line, value
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
