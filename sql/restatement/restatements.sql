-- title: Every published number that changed, with what changed it
-- grain: one row per table, period, basis and figure
-- reads: changed, causes, explain of both versions
with recursive known as (
    select distinct
        version,
        dated(year, period) as period,
        basis,
        figure
    from both_explain
),

-- what is new moves what rests on it, though nothing published changed in it
moved as (
    select distinct period, basis, figure from changed
    union
    (
        select period, basis, figure from known where version = 'after'
        except
        select period, basis, figure from known where version = 'before'
    )
),

-- a figure may carry a change on though its own number stands: nothing to count, proven by an export
-- until a month began without one, is an award no longer
states as (
    select version, year, period, 'computed' as basis,
        metric_figure(metric_id, channel, service) as figure,
        status, is_proven
    from both_cells
    union all
    select version, year, period, 'computed', 'composite:' || composite_id, status, is_proven
    from both_composites
    union all
    select version, year, period, basis, level || ':' || id, status, null
    from both_scorecard
),

shifted as (
    from moved
    union
    select
        dated(year, period) as period,
        basis,
        figure
    from (select * from states where version = 'before') as before
    join (select * from states where version = 'after') as after
        using (year, period, basis, figure)
    where before.status is distinct from after.status
        or before.is_proven is distinct from after.is_proven
),

steps as (
    select distinct
        dated(year, period) as period,
        basis,
        figure,
        dated(year, part_period) as part_period,
        part_basis,
        part
    from both_explain
    where part_basis is not null
),

-- upwards from each cause, through figures that moved or whose state did
reached as (
    select
        period, basis, figure, precedence, cause,
        (period, basis, figure) in (from moved) as by_numbers
    from causes
    join shifted using (period, basis, figure)
    union
    select
        steps.period, steps.basis, steps.figure, reached.precedence, reached.cause,
        reached.by_numbers and (steps.period, steps.basis, steps.figure) in (from moved)
    from reached
    join steps
        on steps.part_period = reached.period
        and steps.part_basis = reached.basis
        and steps.part = reached.figure
    join shifted
        on shifted.period = steps.period
        and shifted.basis = steps.basis
        and shifted.figure = steps.figure
),

-- what came by way of states alone is told where nothing came by numbers
arrived as (
    from reached
    qualify by_numbers or not bool_or(by_numbers) over (partition by period, basis, figure)
),

-- what only follows from another cause is told where there is no other
weighed as (
    select *, min(precedence) over (partition by period, basis, figure) as first_precedence
    from arrived
),

-- another kring or other settings may move anything; told where nothing of the data did
everywhere as (
    select
        list(
            if(after.name = 'kring', 'kring ', 'kring.toml: ' || after.name || ' is ')
            || after.value || ', before ' || before.value
            order by after.name
        ) as causes
    from both_settings as before
    join both_settings as after on after.name = before.name and after.value <> before.value
    where before.version = 'before'
),

told as (
    select
        weighed.period,
        weighed.basis,
        weighed.figure,
        first_precedence,
        list(distinct weighed.cause order by weighed.cause) as causes
    from weighed
    where precedence = first_precedence
    group by all
),

named as (
    select
        changed.*,
        case
            when told.first_precedence = 1 then told.causes
            else list_concat(everywhere.causes, told.causes)
        end as causes
    from changed as changed
    cross join everywhere
    left join told using (period, basis, figure)
)

select
    table_name,
    level,
    period,
    basis,
    id,
    channel,
    queue,
    service,
    source,
    old_value,
    new_value,
    old_numerator,
    new_numerator,
    old_denominator,
    new_denominator,
    old_status,
    new_status,
    case
        when len(causes) > 8
            then array_to_string(causes[:8], '; ')
            || '; and ' || (len(causes) - 8) || ' more'
        when len(causes) > 0 then array_to_string(causes, '; ')
    end as cause
from named
