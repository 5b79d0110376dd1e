-- title: Two KPIs do not have the same realisation to the hundredth
-- words: one of the two is probably copied; ask for its calculation
-- reads: reference.printed
with realisations as (
    select * from reference.printed
    where measure = 'realisation' and value is not null and not is_average and not is_worded
        -- what a KPI is counted as or carries upwards, and its channels, are no other KPIs
        and regexp_matches(subject_key, '^(kpi|other):') and coalesce(channel, service) is null
        -- round figures meet by chance, and awards by rule
        and places >= 2 and value * 2 <> round(value * 2)
)

select
    arg_min(figure_id, line) as figure_id,
    null as computed,
    spoken(period) || ': ' || shown(value, max(places)) || ' is printed as the realisation of '
        || string_agg(distinct subject, ' and of ' order by subject)
        || if(section = '', '', ' (' || section || ')')
        || '. Two KPIs rarely agree to the hundredth: one is probably copied.' as finding
from realisations
group by section, period, value
having count(distinct subject_key) > 1
