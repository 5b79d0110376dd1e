-- title: A printed index follows from the printed realisation and target
-- words: whoever divides the two printed figures arrives at another index
-- reads: reference.scores, reference.pairs, reference.printed
with compared as (
    select
        scores.*,
        pairs.realisation,
        pairs.realisation_places,
        pairs.target,
        pairs.words,
        if(scores.measure = 'index', pairs.index, pairs.achievement) as follows,
        pairs.achievement,
        pairs.index as capped,
        pairs.polarity,
        pairs.is_doubtful,
        pairs.realisation_section
    from reference.scores as scores
    join reference.pairs as pairs using (subject_key, period)
),

-- one of the printed pairs is enough; what exceeds the cap is another rule's
unexplained as (
    select
        *,
        bool_or(
            equals(achievement, value, places) or equals(capped, value, places)
        ) over (partition by figure_id) as is_explained
    from compared
),

nearest as (
    select
        *,
        -- the least, or most, realisation that gives the index
        if(value > follows, 'at least ', 'less than ') as side,
        (value + if(value > follows, -0.5, 0.5) * power(10, -places)) * target / 100 as needed
    from unexplained
    where not is_explained
    qualify row_number() over (
        partition by figure_id
        order by is_doubtful, realisation_section <> section, abs(follows - value), words
    ) = 1
),

above as (
    select
        nearest.figure_id,
        string_agg(distinct printed.subject, ', ' order by printed.subject) as subjects,
        count(distinct printed.subject) > 1 as are_several
    from nearest
    join reference.printed as printed
        on (printed.period, printed.value, printed.measure)
            = (nearest.period, nearest.value, nearest.measure)
    where printed.subject_key like 'node:%' and printed.subject_key <> nearest.subject_key
        and nearest.value not in (0, 100, 120)
    group by nearest.figure_id
)

select
    nearest.figure_id,
    follows as computed,
    subject || ' ' || spoken(period) || ': ' || words || ' is ' || shown(follows, places)
        || ', but ' || shown(value, places) || ' is printed as ' || measure
        || if(section = '', '', ' (' || section || ')') || '.'
        || if(
            polarity = 'maximise' and follows = achievement
            and equals(needed, realisation, realisation_places),
            ' The index needs ' || side || shown(needed, 4) || ': the printed '
            || shown(realisation, realisation_places) || ' hides decimals.',
            ''
        )
        || coalesce(
            ' ' || above.subjects || if(above.are_several, ' carry', ' carries') || ' the same '
            || shown(value, places) || '.',
            ''
        )
        as finding
from nearest
left join above using (figure_id)
