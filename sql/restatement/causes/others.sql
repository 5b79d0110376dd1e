-- title: What else a figure rests on now, or no longer
select
    period, basis, figure, 3 as precedence,
    -- of a period's parts: which month or quarter it is
    if(is_new, 'now rests on ', 'no longer rests on ') || part
    || if(kind in ('month', 'quarter'), ' of ' || part_period, '') as cause
from pairs
where (is_new or is_gone)
and kind not in (
    'rule', 'target', 'reported', 'input', 'definition', 'state', 'check', 'file', 'closing'
)
