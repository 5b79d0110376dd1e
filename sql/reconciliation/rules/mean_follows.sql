-- title: An index of several is the weighted mean of the parts printed with it
-- words: by the weights of the register, which hold for that period
-- reads: reference.printed, reference.means
select
    printed.figure_id,
    means.value as computed,
    printed.subject || ' ' || spoken(printed.period) || ': '
        || shown(printed.value, printed.places)
        || if(printed.section = '', ' is printed', ' is printed (' || printed.section || ')')
        || if(printed.is_average, ' in the column Average', '')
        || ', but by the weights of the register ' || means.words || ' give '
        || shown(means.value, printed.places) || '.' as finding
from reference.means as means
join reference.printed as printed using (figure_id)
where not agrees(means.value, printed.value, least(means.places, printed.places))
