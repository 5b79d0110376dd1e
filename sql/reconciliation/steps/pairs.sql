-- title: What each printed realisation and target of a KPI give as an index
-- grain: one row per printed realisation, printed target, period and possible polarity of a KPI
-- reads: reference.printed, reference.kpis, ref.conversions
with figures as (
    select * from reference.printed
    where value is not null and not is_worded and not is_average
        and channel is null and service is null
),

caps as (
    select subject_key, year, max(value) as cap from figures where measure = 'cap' group by all
),

pairs as (
    select
        realisations.subject_key,
        realisations.period,
        realisations.year,
        realisations.figure_id as realisation_id,
        targets.figure_id as target_id,
        realisations.section as realisation_section,
        realisations.value as realisation,
        realisations.places as realisation_places,
        targets.value as target,
        targets.places as target_places,
        -- of a KPI that the register does not know, less may be better
        unnest(if(rules.polarity is null, ['maximise', 'minimise'], [rules.polarity])) as polarity,
        rules.polarity is null as is_guessed,
        coalesce(
            own.cap, stated.cap, rules.cap, (select max(cap) from reference.kpis)
        ) as cap,
        realisations.value / targets.value * 100 as ratio
    from figures as realisations
    join figures as targets using (subject_key, period)
    left join reference.kpis as rules on rules.subject_key = realisations.subject_key
    left join caps as own
        on (own.subject_key, own.year) = (realisations.subject_key, realisations.year)
    left join caps as stated
        on stated.subject_key = organisation_key() and stated.year = realisations.year
    where realisations.measure = 'realisation' and targets.measure = 'target'
        and targets.value > 0
        -- where a conversion makes the index, realisation and target do not
        and not exists (
            from ref.conversions as conversions
            where realisations.subject_key = 'kpi:' || conversions.kpi_id
                and realisations.kind <> 'year'
                and is_in_force(
                    realisations.period_end, conversions.valid_from, conversions.valid_to
                )
        )
),

-- as sql/kpi/indices.sql has it
achieved as (
    select
        *,
        case polarity
            when 'minimise' then 200 - ratio
            when 'stabilise' then if(deviation <= 90, deviation / 0.9, 100 + (deviation - 90) * 2)
            else ratio
        end as achievement
    from (select *, if(ratio <= 100, ratio, 200 - ratio) as deviation from pairs)
)

select
    subject_key,
    period,
    year,
    realisation_id,
    realisation_section,
    realisation,
    realisation_places,
    target,
    target_places,
    polarity,
    is_guessed and polarity = 'minimise' as is_doubtful,
    cap,
    achievement,
    greatest(0, least(achievement, cap)) as index,
    shown(realisation, realisation_places) || ' of a target of ' || shown(target, target_places)
        as words
from achieved
order by subject_key, period, realisation_id, target_id
