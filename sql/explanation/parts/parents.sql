-- title: A node of the tree rests on those it is the weighted mean of
select
    parent.year,
    parent.period,
    parent.basis,
    parent.figure,
    child.period as part_period,
    child.basis as part_basis,
    child.figure as part,
    child.level as kind,
    child.weight,
    child.index as value,
    child.status,
    coalesce(child.code || ' ', '') || child.name_en
    || if(
        child.points_lost_to_cap > 0,
        '; ' || format('{:.2f}', child.points_lost_to_cap) || ' points lost to the cap',
        ''
    )
    || if(
        child.level <> 'kpi' and child.measured_weight < 1,
        '; ' || format('{:.1f}', 100 * child.measured_weight) || ' % of its weight measured',
        ''
    ) as text,
    rules.authority,
    rules.is_assumption
from cards as parent
join cards as child
    on child.parent_id = parent.id
    and child.year = parent.year
    and child.period = parent.period
    and child.basis = parent.basis
left join rules
    on rules.table_name = 'weights'
    and rules.row_key = parent.id || ' ' || child.id
    and is_in_force(parent.period_end, rules.valid_from, rules.valid_to)
