-- title: The KPIs of the scorecard with what is in force at the end of the period
-- grain: one row per KPI, period and basis
-- of a period within which a KPI begins it counts the months from there on
with begun as (
    select kpi_id, cast(date_trunc('month', min(valid_from)) as date) as first_month
    from ref.kpis
    group by kpi_id
)

select
    cards.year,
    cards.period,
    cards.period_end,
    cards.basis,
    cards.figure,
    kpis.kpi_id,
    kpis.source,
    kpis.channel,
    kpis.service,
    kpis.consolidation = 'pooled' or cards.period like 'Q%' as is_direct,
    -- null of what was closed before it was kept
    coalesce(realisations.target_period, cards.period) as target_period,
    if(begun.first_month > periods.first_month, begun.first_month, null) as counted_from
from cards
join periods on periods.year = cards.year and periods.period = cards.period
join begun on begun.kpi_id = cards.id
join ref.kpis as kpis
    on kpis.kpi_id = cards.id
    and is_in_force(cards.period_end, kpis.valid_from, kpis.valid_to)
left join kpi.realisations as realisations
    on realisations.kpi_id = cards.id
    and realisations.year = cards.year
    and realisations.period = cards.period
    and realisations.basis = cards.basis
