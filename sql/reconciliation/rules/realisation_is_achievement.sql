-- title: What is called a realisation is none of the achievements
-- words: two different things carry one name
-- reads: reference.printed, reference.misnamed
select
    printed.figure_id,
    misnamed.realisation as computed,
    subject || ' ' || spoken(period) || ': ' || shown(value, places) || ' is called a realisation'
        || if(section = '', '', ' (' || section || ')')
        || coalesce(' in the words ' || quoted_words(printed_text), '')
        || '; it is the achievement: ' || basis || ' is ' || shown(value, places)
        || '. The realisation is ' || shown(realisation, realisation_places) || '.' as finding
from reference.misnamed as misnamed
join reference.printed as printed using (figure_id)
