-- title: Figures whose checks, closing or state are others
-- grain: one row per figure, period, basis and cause
-- a figure that a month was closed without has no closing there: what was opened is told by others
with reopened as (
    select period as name, any_value(name order by name) || ' was reopened' as cause
    from pairs
    where kind = 'closing' and not is_new
    group by period
)

select
    period, basis, figure,
    kind = 'closing' or (kind = 'state' and is_gone and reopened.cause is not null)
        as is_reopening,
    if(is_reopening or kind = 'check', 1, 2) as precedence,
    case kind
        when 'closing'
            then name || ' was reopened' || if(is_gone, '', ' and closed anew')
        when 'check' then 'check ' || name || case
            when is_new then ' failed'
            when is_gone then ' passed'
            else ' found other rows'
        end
        when 'state' then case
            when is_new then new_text || ', and it is not known any more that there was none'
            when is_gone then coalesce(
                reopened.cause, old_text || ', and it is known by now that there was none'
            )
            when old_status is not distinct from new_status then new_text
            else 'state ' || old_status || ', now ' || new_status
        end
    end as cause
from pairs
left join reopened using (name)
-- closing itself moves no number
where kind = 'check'
or (kind = 'closing' and not is_new)
-- what an open period lacks of closed months comes and goes with what is known of them
or (kind = 'state' and (place = 'closed_without' or not (is_new or is_gone)))
