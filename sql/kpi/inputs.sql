-- title: Values reported by hand as they count; those of closed quarters as they were closed
-- grain: one row per input, year and quarter
-- reads: ref.inputs
-- order: year, period, input_id
select
    input_id,
    year,
    period,
    numerator,
    denominator,
    value,
    is_synthetic,
    evidence,
    authority
from ref.inputs
