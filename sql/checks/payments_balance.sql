-- title: Every accepted payment is in the fact once
-- reads: fact.payments, ops.accepted
-- severity: block
-- reason: a row lost or counted twice between export and fact makes the month's figures wrong
with accepted as (
    select source, sum(rows) as rows from ops.accepted where kind = 'payments' group by source
),

counted as (
    select source, count(*) as rows, count(distinct payment_id) as keys
    from fact.payments
    group by source
)

select
    coalesce(accepted.source, counted.source) as source,
    coalesce(accepted.rows, 0) as accepted_rows,
    coalesce(counted.rows, 0) as fact_rows,
    coalesce(counted.keys, 0) as keys
from accepted
full join counted using (source)
where
    coalesce(accepted.rows, 0) <> coalesce(counted.rows, 0)
    or coalesce(counted.rows, 0) <> coalesce(counted.keys, 0)
