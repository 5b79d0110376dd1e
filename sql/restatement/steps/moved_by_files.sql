-- title: Figures of which a file came, went or was read anew
-- grain: one row per figure (its period and basis) and file
select
    period, basis, figure, file_id, source, 1 as precedence,
    case if(fate = 'kept', if(is_proof, 'proof', if(is_taken_back, status, fate)), fate)
        when 'proof' then 'file ' || called || ' arrived'
        when 'arrived' then 'file ' || path || ' arrived'
            || if(corrections > 0, ' and corrected ' || corrections || ' rows', '')
        when 'withdrawn' then 'file ' || path || ' was withdrawn'
        when 'refused' then 'file ' || path || ' was refused'
        when 'renamed' then 'source ' || names[1] || ' is now called ' || names[2]
        when 'gone' then 'file ' || path || ' no longer counts'
        when 'read anew' then 'files of source ' || source || ' were read by another rule'
        else 'file ' || path || ' was held out until now'
            || if(corrections > 0, ' and corrects ' || corrections || ' rows', '')
    end as cause
from file_pairs
where fate <> 'kept' or is_let_in or is_proof or is_taken_back
