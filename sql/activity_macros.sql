-- Agents' time, of all agents of a day together, with a row for each part as a formula of the
-- register names them: for whoever counts by it. `known` are the rows that say something of a part.

create macro parts_of_time(activity_table := 'fact.agent_activity') as table
select
    month,
    day,
    channel,
    source,
    count(*) as rows,
    unnest([
        {'part': 'active', 'known': count(active_seconds), 'seconds': sum(active_seconds)},
        {'part': 'hold', 'known': count(hold_seconds), 'seconds': sum(hold_seconds)},
        {'part': 'acw', 'known': count(acw_seconds), 'seconds': sum(acw_seconds)},
        {'part': 'not_ready', 'known': count(not_ready_seconds), 'seconds': sum(not_ready_seconds)},
        {'part': 'available', 'known': count(available_seconds), 'seconds': sum(available_seconds)}
    ], recursive := true)
from query_table(activity_table)
group by month, day, channel, source;

-- whether a formula counts a part, above the line or below it
create macro is_counted(numerator, denominator) as numerator <> 0 or denominator <> 0;
