-- title: A column called average is the mean of the columns beside it
-- words: the columns, or their headings, are not what they say
-- reads: reference.printed
with averages as (
    select * from reference.printed where is_average and value is not null
),

beside as (
    select
        averages.line,
        averages.figure_id,
        averages.section,
        averages.row_name,
        averages.value,
        averages.places,
        cells.kind,
        avg(cells.value order by cells.period) as mean,
        max(cells.value) as highest,
        min(cells.value) as lowest,
        min(cells.places) as cell_places
    from averages
    join reference.printed as cells using (section, subject_key, measure, year)
    where cells.channel is not distinct from averages.channel
        and cells.service is not distinct from averages.service
        and cells.kind in ('quarter', 'month')
        and cells.value is not null and not cells.is_average and not cells.is_worded
    group by all
    having count(*) >= 2
),

judged as (
    select *, agrees(mean, value, least(places, cell_places)) as is_mean
    from beside
    -- quarters, where a row has both
    qualify kind = max(kind) over (partition by figure_id)
),

tables as (
    select
        section,
        arg_min(figure_id, line) filter (not is_mean) as figure_id,
        arg_min(mean, line) filter (not is_mean) as computed,
        count(*) as rows,
        count(*) filter (not is_mean) as wrong,
        string_agg(
            row_name || ' ' || shown(value, places) || ' (mean ' || shown(mean, places) || ')',
            ', ' order by line
        ) filter (not is_mean) as means,
        string_agg(
            row_name || ' ' || shown(value, places) || ' (highest ' || shown(highest, cell_places)
                || ')',
            ', ' order by line
        ) filter (not is_mean and value > highest) as above,
        string_agg(
            row_name || ' ' || shown(value, places) || ' (lowest ' || shown(lowest, cell_places)
                || ')',
            ', ' order by line
        ) filter (not is_mean and value < lowest) as below
    from judged
    group by section
)

select
    figure_id,
    computed,
    if(section = '', 'The', section || ': the')
        || ' column Average is not the mean of the columns beside it'
        || if(rows = 1, ': ', ' in ' || wrong || ' of ' || rows || ' rows: ') || means || '.'
        || coalesce(' It exceeds every column of its row in ' || above || '.', '')
        || coalesce(' It is below every column of its row in ' || below || '.', '') as finding
from tables
where wrong > 0
