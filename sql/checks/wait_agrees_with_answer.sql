-- title: The stated wait agrees with the time of the answer within two seconds
-- reads: fact.contacts
-- severity: warn
-- tolerance: 0
-- reason: exports round either to the second; a wider gap means a clock or a column is off
select contact_id, source, file_id, file_row
from fact.contacts
where
    outcome = 'answered'
    and abs(epoch_us(answered_at) - epoch_us(entered_at) - wait_seconds * 1000000) > 2000000
