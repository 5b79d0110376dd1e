-- title: A KPI rests on the register's rows that turn what it comes to into an index
select
    kpis.year,
    kpis.period,
    kpis.basis,
    kpis.figure,
    rules.part,
    if(rules.table_name = 'reported', 'reported', 'rule') as kind,
    if(kind = 'reported', cards.realisation, null) as value,
    rules.text,
    rules.authority,
    rules.is_assumption
from kpis
join cards using (year, period, basis, figure)
join rules
    on case rules.table_name
        when 'kpis' then rules.row_key = kpis.kpi_id
        when 'reported' then kpis.basis = 'reported'
            and rules.row_key = concat_ws(' ', kpis.kpi_id, kpis.year, kpis.period)
        when 'conversions' then kpis.basis = 'computed' and kpis.is_direct
            and list_contains(rules.items, 'kpi_id ' || kpis.kpi_id)
        else false
    end
    and (
        rules.valid_from is null
        or is_in_force(kpis.period_end, rules.valid_from, rules.valid_to)
    )
