-- title: A setting is another, and the figure is gone
select
    changed.period, changed.basis, changed.figure, 1 as precedence,
    'kring.toml: ' || name || ' is ' || settings.new_value || ', before '
    || settings.old_value as cause
from changed
cross join settings
where changed.is_gone
