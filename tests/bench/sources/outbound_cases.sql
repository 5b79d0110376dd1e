-- title:       Benchmark: Outbound cases, one row per bill to remind of
-- kind:        outbound_cases
-- files:       outbound/cases_*.csv
-- format:      csv
-- times:       %Y-%m-%d
-- identifiers: customer=tax_id
-- covers:      dates
-- expects:     month
-- tolerance:   0.5%
-- One file a month by the day of listing. Not every listed case is dialled.
select
    _row,
    case_no as case_id,
    taxpayer_id as customer,
    campaign,
    list_date as listed_at,
    issue_date as issued_at,
    due_date as due_at,
    amount
from export
