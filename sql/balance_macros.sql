-- Sources of whose accepted rows a fact has not each once: a row was lost between export and fact,
-- or counted twice. `key_column` is the fact's own.

create macro out_of_balance(
    kind_of_export, fact_table, key_column, accepted_table := 'ops.accepted'
) as table
with accepted as (
    select source, sum(rows) as rows
    from query_table(accepted_table)
    where kind = kind_of_export
    group by source
),

counted as (
    select source, count(*) as rows, count(distinct key_column) as keys
    from query_table(fact_table)
    group by source
)

select
    source,
    coalesce(accepted.rows, 0) as accepted_rows,
    coalesce(counted.rows, 0) as fact_rows,
    coalesce(counted.keys, 0) as keys
from accepted
full join counted using (source)
where accepted_rows <> fact_rows or fact_rows <> counted.keys;
