-- title: A row of the register is another, or counts from now on or no longer
-- an earlier day: the period has not begun, and what stood in it is gone with it
with gone as (
    select period, basis, figure from changed where is_gone
)

select
    period, basis, figure,
    -- a row that is what it was, or says nothing, tells only where nothing else does
    if(
        is_row_changed
        or kind = 'input'
        or ((period, basis, figure) in (from opened) and concat(old_text, new_text) <> ''),
        1,
        3
    ) as precedence,
    place || ' ' || name || case
        -- an input of a quarter that has begun was in the register before
        when not is_row_changed and is_new
            then ' counts from now on' || coalesce(' (' || nullif(new_text, '') || ')', '')
        when not is_row_changed and is_gone
            then ' counts no longer' || coalesce(' (' || nullif(old_text, '') || ')', '')
        when is_new then ': added (' || new_text || ')'
        when is_gone then ': no longer holds (' || old_text || ')'
        else ': was ' || coalesce(nullif(array_to_string(list_filter(
            string_split(old_text, ', '),
            lambda item: not list_contains(string_split(new_text, ', '), item)
        ), ', '), ''), 'nothing') || '; is ' || coalesce(nullif(array_to_string(list_filter(
            string_split(new_text, ', '),
            lambda item: not list_contains(string_split(old_text, ', '), item)
        ), ', '), ''), 'nothing')
    end as cause
from register_pairs
where
    is_row_changed
    -- of an input whose weight alone is another `of_weights` tells
    or (kind = 'input' and old_text is distinct from new_text)
    or (period, basis, figure) in (from opened)
    or (is_gone and (period, basis, figure) in (from gone))
