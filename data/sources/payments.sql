-- title:       Payments on outbound cases, one row per payment
-- kind:        payments
-- files:       outbound/payments_*.csv
-- format:      csv
-- timezone:    Asia/Jakarta
-- times:       %Y-%m-%d %H:%M:%S
-- covers:      filename %Y%m
-- expects:     month
-- tolerance:   0.5%
-- version:     known_at
-- One file a month by the time at which a payment became known, about a fortnight after it
-- was made: the payments of a month are in its own file and in the next. By it a reversal is later
-- than what it takes back, though the payment's own file was refused and comes again after it.
select
    _row,
    payment_no as payment_id,
    case_no as case_id,
    paid_at,
    known_at,
    amount
from export
