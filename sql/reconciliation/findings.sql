-- title: What one rule found, each finding with the figure it is first about
-- grain: one row per finding
-- reads: reference.found, reference.printed
select
    line,
    'finding' as kind,
    figure_id,
    nullif(section, '') as section,
    subject,
    channel,
    service,
    period,
    printed_measure as measure,
    value as printed,
    places as printed_decimals,
    printed_text,
    cast(found.computed as double) as computed,
    try_cast(value - half_up(found.computed, places) as decimal(18, 6)) as difference,
    finding
from reference.found as found
join reference.printed using (figure_id)
