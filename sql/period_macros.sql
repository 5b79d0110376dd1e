-- The months of each period; and again, with `counted_from`, those from which on a KPI of the
-- register is in force, where it begins within the period. It is in force in a month if it is when
-- the month ends, and throughout where its rows merely follow each other (the register allows no
-- hole).
create macro months_of_periods(calendar_table := 'ref.calendar', kpis_table := 'ref.kpis') as table
with begun as (
    select distinct cast(date_trunc('month', min(valid_from)) as date) as counted_from
    from query_table(kpis_table)
    group by kpi_id
),

periods as (
    select *, min(month) over (partition by year, period) as first_month
    from query_table(calendar_table)
)

select * exclude (first_month), cast(null as date) as counted_from from periods
union all
select periods.* exclude (first_month), begun.counted_from
from periods
join begun on begun.counted_from > periods.first_month and begun.counted_from <= periods.month;

-- The last day, up to another, from which something is counted from something else than before.
create macro last_change(changed, of_id, until, changes_table := 'kpi.changes') as (
    select max(day) from query_table(changes_table)
    where what = changed and id = of_id and day <= until
);
