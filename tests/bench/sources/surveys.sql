-- title:       Survey responses of the benchmark, one row per person asked
-- kind:        surveys
-- files:       surveys/*.csv
-- format:      csv
-- options:     delim=','
-- timezone:    Asia/Jakarta
-- times:       %Y-%m-%d %H:%M:%S
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- keys_from:   calls
select
    _row,
    response_id,
    service,
    submitted as responded_at,
    score,
    scale as scale_max,
    status,
    contact_id
from export
