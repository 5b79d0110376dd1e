-- title: The register's rows in words, and what each decides
-- grain: one row per row of the register and version of it
select
    *,
    table_name || ':' || row_key as part,
    if(
        table_name = 'requirements',
        'expects exports of ' || split_part(row_key, ' ', -1),
        array_to_string(decides, ', ')
    ) as text
from ref.register_rows
