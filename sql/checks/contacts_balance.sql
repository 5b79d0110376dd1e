-- title: Every accepted contact is in exactly one bucket of the ledger
-- reads: fact.contacts, ops.accepted
-- severity: block
-- reason: a contact lost or counted twice makes every share of the month wrong
with accepted as (
    select source, sum(rows) as rows from ops.accepted where kind in ('calls', 'chats') group by source
),

-- the outcomes are the buckets; a row outside them would be in none
counted as (
    select
        source,
        count(*) as rows,
        count(distinct contact_id) as keys,
        count(*) filter (outcome in (
            'answered', 'abandoned', 'flow_out', 'callback', 'voicemail', 'after_hours',
            'not_queued'
        )) as in_buckets
    from fact.contacts
    group by source
)

select
    coalesce(accepted.source, counted.source) as source,
    coalesce(accepted.rows, 0) as accepted_rows,
    coalesce(counted.rows, 0) as fact_rows,
    coalesce(counted.in_buckets, 0) as rows_in_buckets
from accepted
full join counted using (source)
where
    coalesce(accepted.rows, 0) <> coalesce(counted.rows, 0)
    or counted.rows <> counted.in_buckets
    or counted.rows <> counted.keys
