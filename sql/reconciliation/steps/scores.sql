-- title: Printed indices and achievements
-- grain: one row per figure
-- reads: reference.printed
select
    line,
    figure_id,
    section,
    subject,
    subject_key,
    period,
    year,
    measure,
    value,
    places
from reference.printed
where measure in ('index', 'achievement') and value is not null
    and not is_average and channel is null and service is null
order by line
