-- title: Figures whose checks, closing or state are others
-- grain: one row per figure, period, basis and cause
select
    period, basis, figure,
    case kind when 'check' then 3 when 'closing' then 2 else 4 end as precedence,
    case kind
        when 'closing'
            then name || ' was reopened' || if(is_gone, '', ' and closed anew')
        when 'check' then 'check ' || name || case
            when is_new then ' failed'
            when is_gone then ' passed'
            else ' found other rows'
        end
        when 'state' then if(
            old_status is not distinct from new_status,
            new_text,
            'state ' || old_status || ', now ' || new_status
        )
    end as cause
from pairs
-- closing itself moves no number
where kind = 'check'
or (kind = 'closing' and not is_new)
or (kind = 'state' and not (is_new or is_gone))
