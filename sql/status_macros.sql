-- What a state says of a figure, and how the states of several figures become one. A null state goes
-- before any other, the worst first; of figures that have a value, the least settled one names the
-- state. A figure without volume has no value, and is not withheld.

create macro is_withheld(status) as status in ('failed', 'incomplete', 'not_reported');

create macro has_value(status) as status in ('measured', 'provisional', 'in_progress');

create macro null_status(status) as case
    when bool_or(status = 'failed') then 'failed'
    when bool_or(status = 'incomplete') then 'incomplete'
    when bool_or(status = 'not_reported') then 'not_reported'
    when bool_or(status = 'no_volume') then 'no_volume'
end;

create macro value_status(status) as case
    when bool_or(status = 'in_progress') then 'in_progress'
    when bool_or(status = 'provisional') then 'provisional'
    else 'measured'
end;

-- of several cells that pool their counts
create macro pooled_status(status, period_state) as case
    -- a cell without volume adds nothing; only when all are such is the whole
    when bool_and(status = 'no_volume') then 'no_volume'
    -- a running period shows what there is
    when any_value(period_state) = 'in_progress' and bool_or(has_value(status))
        then value_status(status)
    when null_status(status) <> 'no_volume' then null_status(status)
    else value_status(status)
end;

-- the reason of a month that was closed before this figure was counted, by which its explanation
-- finds it again in the longer periods that lack it
create macro closed_without_figure() as 'closed without this figure';
