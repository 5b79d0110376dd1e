-- title: Each printed figure with its verdict and what reproduces it
-- grain: one row per figure
-- reads: reference.verdicts, reference.reproductions
with ways as (
    select figure_id, string_agg(way, '; ' order by rank, way) as reproduced_by
    from reference.reproductions
    group by figure_id
)

select
    line,
    'figure' as kind,
    figure_id,
    nullif(section, '') as section,
    subject,
    channel,
    service,
    period,
    measure,
    printed,
    printed_decimals,
    printed_text,
    computed,
    reported,
    difference,
    verdict,
    reason,
    reproduced_by
from reference.verdicts
left join ways using (figure_id)
order by line
