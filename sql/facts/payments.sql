-- title: Payments on outbound cases
-- grain: one row per payment
-- reads: raw.payments
-- key: source, payment_id
-- order: paid_at, source, payment_id
select
    payment_id,
    source,
    case_id,
    paid_at,
    cast(date_trunc('month', cast(paid_at as date)) as date) as month,
    known_at,
    amount,
    file_id,
    file_row
from raw.payments
