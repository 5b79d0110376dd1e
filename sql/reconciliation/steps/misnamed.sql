-- title: Figures called a realisation that are the achievement of another printed realisation
-- grain: one row per figure
-- reads: reference.printed, reference.scores, reference.pairs
with called as (
    select * from reference.printed
    where measure = 'realisation' and value is not null and not is_average
        and channel is null and service is null
)

select
    called.figure_id,
    pairs.words as basis,
    pairs.realisation,
    pairs.realisation_places
from called
join reference.pairs as pairs using (subject_key, period)
join reference.scores as scores using (subject_key, period)
where equals(scores.value, called.value, least(scores.places, called.places))
    and equals(
        if(scores.measure = 'index', pairs.index, pairs.achievement),
        called.value, called.places
    )
    -- a target of 100 makes realisation and achievement one number
    and not equals(pairs.realisation, called.value, pairs.realisation_places)
    and pairs.realisation_id <> called.figure_id and not pairs.is_doubtful
qualify row_number() over (partition by called.figure_id order by scores.line, pairs.words) = 1
order by called.line
