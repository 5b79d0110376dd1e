-- title: Settings that are others in the version after
-- grain: one row per setting
select before.name, before.value as old_value, after.value as new_value
from both_settings as before
join both_settings as after
    on after.version = 'after' and after.name = before.name and after.value <> before.value
where before.version = 'before' and before.name <> 'kring'
