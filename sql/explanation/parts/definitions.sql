-- title: A metric's month rests on what it counts, by which definition
select
    year, period, figure,
    'definition:' || metric_id as part,
    'definition' as kind,
    counts || ' / ' || over_what || ' (definition ' || fingerprint || ')' as text
from month_cells
