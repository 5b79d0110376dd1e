-- title:       Complaints about the service, one row per complaint
-- kind:        complaints
-- files:       complaints/complaints_*.csv
-- format:      csv
-- timezone:    Asia/Jakarta
-- times:       %Y-%m-%d %H:%M:%S; %Y-%m-%d
-- covers:      filename %Y%m
-- expects:     month
-- A month without complaints still has its file, with a header only: that is the proof.
select
    _row,
    complaint_no as complaint_id,
    received_at,
    category,
    to_follow_up,
    due_at,
    followed_up_at,
    channel
from export
