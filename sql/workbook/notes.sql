-- title: What is missing, refused, found or happened in a year
-- grain: one row per thing to know
select
    'check' as kind,
    strftime(month, '%Y-%m') as period,
    check_id as subject,
    title || ': ' || offending_rows || ' rows; ' || reason as text
from ops.checks
where year(month) = $year and offending_rows > 0
union all
select 'coverage', strftime(month, '%Y-%m'), kind, state || ': ' || reason
from ops.coverage
where year(month) = $year and (state <> 'complete' or reason <> '')
union all
-- of a file that was not read the months are not known: every year names it
select 'file', array_to_string(months, ', '), path, status || ': ' || coalesce(error, '')
from ops.files
where status in ('refused', 'withdrawn')
    and (
        len(months) = 0
        or len(list_filter(months, lambda month: starts_with(month, $year || '-'))) > 0
    )
union all
select 'finding', period, subject, finding
from ops.reconciliation
where kind = 'finding' and (period is null or period like $year || '%')
union all
select 'event', strftime(begins_at, '%Y-%m'), event_id, kind || ': ' || coalesce(note, '')
from ref.events
-- its end is the first moment after it
where $year between year(begins_at) and year(coalesce(ends_at - interval 1 second, begins_at))
order by all
