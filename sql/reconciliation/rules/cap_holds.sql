-- title: No index lies above the cap that the report states
-- words: capped and uncapped figures stand under one name
-- reads: reference.printed, reference.scores
with caps as (
    select * from reference.printed where measure = 'cap' and value is not null
),

above as (
    select
        caps.figure_id,
        scores.line,
        scores.subject || ' ' || spoken(scores.period) || ' ' || shown(scores.value, scores.places)
            as words,
        scores.section
    from caps
    join reference.scores as scores using (year)
    -- the organisation's is that of all who have none of their own
    where caps.subject_key = if(
            scores.subject_key in (select own.subject_key from caps as own where own.year = scores.year),
            scores.subject_key, organisation_key()
        )
        -- one that keeps to it, itself or printed beside it, which then is meant to be uncapped
        and not exists (
            from reference.scores as capped
            where (capped.section, capped.subject_key, capped.period)
                    = (scores.section, scores.subject_key, scores.period)
                and capped.value <= caps.value
        )
),

sections as (
    select
        figure_id,
        section,
        min(line) as line,
        string_agg(words, ', ' order by line) || if(section = '', '', ' (' || section || ')')
            as words
    from above
    group by figure_id, section
)

select
    printed.figure_id,
    null as computed,
    'An index of at most ' || shown(printed.value, printed.places) || ' is stated'
        || if(printed.section = '', '', ' (' || printed.section || ')')
        || ', yet higher ones are printed: '
        || string_agg(sections.words, '; ' order by sections.line) || '.' as finding
from sections
join reference.printed as printed using (figure_id)
group by printed.figure_id, printed.value, printed.places, printed.section, printed.line
