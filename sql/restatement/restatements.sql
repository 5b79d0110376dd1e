-- title: Every published number that changed, with what changed it
-- grain: one row per table, period, basis and figure
-- reads: changed, causes, explain of both versions
with recursive moved as (
    select distinct period, basis, figure from changed
),

steps as (
    select distinct
        case when length(period) = 7 then '' else year || '-' end || period as period,
        basis,
        figure,
        case when length(part_period) = 7 then '' else year || '-' end || part_period
            as part_period,
        part_basis,
        part
    from both_explain
    where part_period is not null and part_basis is not null
),

-- upwards from each cause, through figures that moved
reached as (
    select causes.period, causes.basis, causes.figure, causes.precedence, causes.cause
    from causes as causes
    join moved using (period, basis, figure)
    union
    select steps.period, steps.basis, steps.figure, reached.precedence, reached.cause
    from reached
    join steps
        on steps.part_period = reached.period
        and steps.part_basis = reached.basis
        and steps.part = reached.figure
    join moved
        on moved.period = steps.period
        and moved.basis = steps.basis
        and moved.figure = steps.figure
),

-- what only follows from another cause is told where there is no other
weighed as (
    select *, min(precedence) over (partition by period, basis, figure) as first_precedence
    from reached
),

told as (
    select
        period,
        basis,
        figure,
        list(distinct cause order by cause) as causes
    from weighed
    where precedence <= greatest(first_precedence, 3)
    group by period, basis, figure
)

select
    changed.table_name,
    changed.level,
    changed.period,
    changed.basis,
    changed.id,
    changed.channel,
    changed.queue,
    changed.service,
    changed.source,
    changed.old_value,
    changed.new_value,
    changed.old_numerator,
    changed.new_numerator,
    changed.old_denominator,
    changed.new_denominator,
    changed.old_status,
    changed.new_status,
    array_to_string(list_slice(told.causes, 1, 8), '; ') || case
        when len(told.causes) > 8 then '; and ' || (len(told.causes) - 8) || ' more'
        else ''
    end as cause
from changed as changed
left join told
    on told.period = changed.period
    and told.basis = changed.basis
    and told.figure = changed.figure
-- a month's cell of kpi.cells is in metric.monthly already, queue by queue
where not (
    changed.table_name = 'kpi.cells' and regexp_full_match(changed.period, '\d{4}-\d{2}')
)
