-- title: Index of each KPI: achievement against target, capped
-- grain: one row per KPI, year, period and basis
-- reads: kpi.changes, kpi.realisations, ref.calendar, ref.kpis, ref.targets
-- order: year, period, id, basis
with targets as (
    select distinct on (kpi_id, year, period)
        kpi_id, year, period, target
    from ref.targets
    order by kpi_id, year, period, decided_on desc
),

kpis as (
    select
        r.year,
        r.period,
        r.period_end,
        r.basis,
        r.kpi_id as id,
        k.code,
        k.name_id,
        k.name_en,
        k.polarity,
        k.consolidation,
        cast(coalesce(own.target, every.target) as double) as target,
        r.value as realisation,
        realisation is not null and coalesce(own.target, every.target) is null as lacks_target,
        r.status = 'no_volume' and r.is_proven and coalesce(k.zero_rule = 'exclude', false)
            as is_excluded,
        cast(k.cap_low as double) as cap_low,
        cast(k.cap_high as double) as cap_high,
        r.status,
        r.reason,
        held_since('cap', last_change('cap', r.kpi_id, r.period_end), calendar.period_begin)
        || held_since(
            'polarity', last_change('polarity', r.kpi_id, r.period_end), calendar.period_begin
        ) as since
    from kpi.realisations as r
    join (select distinct year, period, period_begin from ref.calendar) as calendar
        using (year, period)
    join ref.kpis as k
        on k.kpi_id = r.kpi_id
        and is_in_force(r.period_end, k.valid_from, k.valid_to)
    left join targets as own
        on own.kpi_id = r.kpi_id and own.year = r.year and own.period = r.target_period
    left join targets as every
        on every.kpi_id = r.kpi_id and every.year = r.year and every.period = '*'
),

-- achievement against target by polarity; minimise and stabilise are of a later rule of the
-- ministry (of the target, 0 gives 0, 90 gives 100, 100 gives 120, linear between; above it as far
-- below); every KPI of 2024 maximises
raw as (
    select
        *,
        case polarity
            when 'minimise' then (1 + (1 - realisation / target)) * 100
            when 'stabilise' then if(deviation <= 90, deviation / 0.9, 100 + (deviation - 90) * 2)
            else realisation / target * 100
        end as index_raw
    from (
        select
            *,
            if(
                realisation <= target,
                realisation / target * 100,
                200 - realisation / target * 100
            ) as deviation
        from kpis
    )
),

scored as (
    select
        *,
        -- least and greatest pass over a null, which must stay one
        if(index_raw is null, null, greatest(cap_low, least(cap_high, index_raw))) as index_value
    from raw
)

select
    year,
    period,
    period_end,
    basis,
    'kpi' as level,
    id,
    code,
    name_id,
    name_en,
    target,
    realisation,
    index_raw,
    index_value as index,
    if(index_raw is null, null, greatest(index_raw - cap_high, 0)) as points_lost_to_cap,
    cast(if(index_value is null, 0, 1) as double) as measured_weight,
    is_excluded,
    polarity,
    consolidation,
    if(lacks_target, 'incomplete', status) as status,
    reason || case
        when lacks_target then '; the register has no target for the period'
        when index_value is not null then since
        else ''
    end as reason
from scored
