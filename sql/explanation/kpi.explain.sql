-- title: What each figure rests on, step by step, from the organisation's score to records of files
-- grain: one row per figure (its period and basis) and thing it rests on
-- order: year, period, basis, figure, kind, part_period, part, first_row
select
    cast(year as integer) as year,
    period,
    coalesce(basis, 'computed') as basis,
    figure,
    kind,
    part_period,
    part_basis,
    part,
    cast(weight as double) as weight,
    cast(value as double) as value,
    cast(numerator as decimal(38, 12)) as numerator,
    cast(denominator as decimal(38, 12)) as denominator,
    status,
    text,
    authority,
    is_assumption,
    file_id,
    rows,
    first_row,
    last_row
from parts
