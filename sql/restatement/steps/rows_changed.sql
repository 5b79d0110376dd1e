-- title: Rows of the register that are others themselves
-- grain: one row per register row
select distinct table_name, row_key from register_found
