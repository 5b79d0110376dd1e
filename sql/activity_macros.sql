-- Agents' time with a row for each part, as a formula of the register names them: for whoever counts
-- by it. What a row does not say of a part is null.

create macro parts_of_time(activity_table := 'fact.agent_activity') as table
select
    month,
    day,
    channel,
    source,
    unnest([
        {'part': 'active', 'seconds': active_seconds},
        {'part': 'hold', 'seconds': hold_seconds},
        {'part': 'acw', 'seconds': acw_seconds},
        {'part': 'not_ready', 'seconds': not_ready_seconds},
        {'part': 'available', 'seconds': available_seconds}
    ], recursive := true)
from query_table(activity_table);

-- whether a formula counts a part, above the line or below it
create macro is_counted(numerator, denominator) as numerator <> 0 or denominator <> 0;
