-- title: The fate of each delivered row of a key that was delivered more than once
-- grain: one row per delivered row
-- Of a key the newest version counts; of one version the content that came last, as it came first.
with delivered as (
    select
        *,
        min(sequence) over (partition by key, version, content) as first_sequence,
        row_number() over (partition by key, version, content order by sequence, file_row) as nth,
        row_number() over (partition by key order by sequence, file_row) as position,
        lag(day) over (partition by key order by sequence, file_row) as day_before,
        max(version) over (
            partition by key
            order by sequence, file_row
            rows between unbounded preceding and 1 preceding
        ) as newest_before
    from considered
    join spans using (sequence)
),

ranked as (
    select
        *,
        row_number() over (
            partition by key
            order by version desc nulls last, first_sequence desc, sequence, file_row
        ) as rank,
        case
            when position = 1 then 'new'
            -- a row without a version is older than any with one
            when nth > 1 or coalesce(version, '') < newest_before then 'duplicate'
            else 'correction'
        end as fate
    from delivered
)

select
    month,
    key,
    file_id,
    file_row,
    rows,
    rank = 1 as counts,
    fate,
    not coalesce(day_before between first_day and last_day, true) as is_moved,
    arg_min(file_id, rank) over (partition by key) as winner,
    arg_min(fate, rank) over (partition by key) as fate_of_winner
from ranked
