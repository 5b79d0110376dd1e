-- title: A metric's month is withheld by the checks that failed
select
    month_cells.year,
    month_cells.period,
    month_cells.figure,
    'check:' || checks.check_id as part,
    'check' as kind,
    checks.title || ': ' || checks.offending_rows || ' rows; ' || checks.reason as text
from month_cells
join ops.checks as checks
    on checks.month = month_cells.month
    and list_contains(month_cells.reads, checks.table_name)
where checks.severity = 'block' and not checks.passed
