-- title: The KPIs of the scorecard with what is in force at the end of the period
-- grain: one row per KPI, period and basis
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
    coalesce(realisations.target_period, cards.period) as target_period
from cards
join ref.kpis as kpis
    on kpis.kpi_id = cards.id
    and is_in_force(cards.period_end, kpis.valid_from, kpis.valid_to)
left join kpi.realisations as realisations
    on realisations.kpi_id = cards.id
    and realisations.year = cards.year
    and realisations.period = cards.period
    and realisations.basis = cards.basis
where cards.level = 'kpi'
