-- title: A metric's month rests on the dated rules of the register in force in it
select distinct
    month_cells.year,
    month_cells.period,
    month_cells.figure,
    rules.part,
    'rule' as kind,
    rules.text,
    rules.authority,
    rules.is_assumption
from month_cells
join rules
    on (
        list_contains(month_cells.reads, 'ref.' || rules.table_name)
        or (rules.table_name = 'metrics' and rules.row_key = month_cells.metric_id)
        or (
            rules.table_name = 'requirements'
            and split_part(rules.row_key, ' ', 1) = month_cells.metric_id
            and (
                month_cells.service is null
                or split_part(rules.row_key, ' ', 3) in ('-', month_cells.service)
            )
        )
    )
    and (
        rules.channel is null or month_cells.channel is null
        or rules.channel = month_cells.channel
    )
    and (
        rules.valid_from is null
        or (
            rules.valid_from <= last_day(month_cells.month)
            and coalesce(rules.valid_to, date '9999-12-31') >= month_cells.month
        )
    )
