-- title: A composite rests on its row of the register
select
    composites.year,
    composites.period,
    'computed' as basis,
    'composite:' || composites.composite_id as figure,
    rules.part,
    'rule' as kind,
    rules.text,
    rules.authority,
    rules.is_assumption
from kpi.composites as composites
join rules
    on rules.table_name = 'composites' and rules.row_key = composites.composite_id
