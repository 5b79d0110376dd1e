-- title: Contacts are answered in service hours
-- reads: fact.contacts
-- severity: warn
-- reason: an answer out of hours is an overrun, a late line, or service hours that the register states wrongly
select contact_id, source, file_id, file_row
from fact.contacts
where outcome = 'answered' and not is_in_service_hours
