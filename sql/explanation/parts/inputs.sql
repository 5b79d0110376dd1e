-- title: A KPI or a composite rests on what was typed in for the quarters
select
    wants.year,
    wants.period,
    wants.basis,
    wants.figure,
    inputs.period as part_period,
    concat_ws(' ', 'inputs:' || inputs.input_id, inputs.year, inputs.period) as part,
    'input' as kind,
    wants.weight,
    coalesce(
        cast(inputs.value as double),
        case
            when inputs.denominator > 0
                then 100 * cast(inputs.numerator as double)
                    / cast(inputs.denominator as double)
        end
    ) as value,
    inputs.numerator,
    inputs.denominator,
    'measured' as status,
    coalesce(wants.part_text, '') || inputs.evidence
        || case when inputs.is_synthetic then ' (synthetic)' else '' end as text,
    coalesce(wants.authority, inputs.authority) as authority,
    wants.is_assumption
from wants
join kpi.inputs as inputs
    on wants.source = 'input:' || inputs.input_id and inputs.year = wants.year
join (
    select distinct
        year, period, quarter, last_day(date_trunc('quarter', month) + interval 2 month) as ends
    from ref.calendar
) as held
    on held.year = wants.year
    and held.period = wants.period
    and held.quarter = inputs.period
    and held.ends >= coalesce(wants.counted_from, held.ends)
-- of the quarters in which somebody names it
where exists (
    from (
        select source, valid_from, valid_to from ref.kpis
        union all
        select source, valid_from, valid_to from ref.composite_parts
    ) as naming
    where naming.source = wants.source
        and is_in_force(held.ends, naming.valid_from, naming.valid_to)
)
