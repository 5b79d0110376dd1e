-- title: The fate of each delivered row of a key that was delivered more than once
-- grain: one row per delivered row
-- Of a key the newest version counts; of one version the content that came last, as it came first:
-- the later of two files, and of two records of one file.
-- Each order is sorted once, and carries numbers: names of files and months are looked up later.
with delivered as (
    select
        *,
        first_value(sequence) over of_one_content as first_sequence,
        first_value(file_row) over of_one_content as first_row,
        first_value(chunk) over of_one_content as first_chunk,
        first_value(place) over of_one_content as first_place,
        row_number() over of_one_content as nth,
        row_number() over as_it_came as position,
        lag(day) over as_it_came as day_before,
        max(version) over as_it_came as newest_yet
    from considered
    window
        of_one_content as (
            partition by key, version, content order by sequence, file_row, chunk, place
        ),
        as_it_came as (partition by key order by sequence, file_row, chunk, place)
),

judged as (
    select
        * exclude (content, day),
        case
            when position = 1 then 'new'
            -- a row without a version is older than any with one
            when nth > 1 or coalesce(version, '') < newest_yet then 'duplicate'
            else 'correction'
        end as fate
    from delivered
)

select
    chunk,
    key,
    place,
    rows,
    row_number() over best_first = 1 as counts,
    fate,
    not coalesce(day_before between first_day and last_day, true) as is_moved,
    first_value(chunk) over best_first as winner,
    first_value(fate) over best_first as fate_of_winner
from judged
join spans using (sequence)
window
    best_first as (
        partition by key
        order by
            version desc nulls last,
            first_sequence desc, first_row desc, first_chunk desc, first_place desc,
            nth
    )
