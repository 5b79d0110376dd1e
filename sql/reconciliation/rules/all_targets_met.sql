-- title: What is said of all targets is what the indices say
-- words: the summary and the table disagree
-- reads: reference.printed, reference.scores
with remarks as (
    select
        *,
        regexp_matches(lower(words), '\b(almost|nearly|hampir)\b') as says_almost
    from reference.printed
    where value is null and subject_key like 'node:%'
        and regexp_matches(lower(words), '\b(all|every|semua|seluruh)\b')
        and regexp_matches(lower(words), '\b(targets?|sasaran|iku|kpis?|indicators?|indikator)\b')
        -- nor "all but two" and "ten of all twelve"
        and not regexp_matches(
            lower(words),
            '\b(not|belum|tidak|but|except|kecuali|selain|missed|of all|dari (semua|seluruh))\b'
        )
),

-- each KPI once, and no node; of several figures the highest, so that no misprint is a finding
kpis as (
    select period, subject_key, any_value(subject order by line) as subject,
        max(value) as value, arg_max(shown(value, places), (value, -line)) as shown
    from reference.scores
    where subject_key not like 'node:%' and measure = 'index'
    group by period, subject_key
),

counted as (
    select
        remarks.figure_id,
        remarks.line,
        remarks.period,
        remarks.words,
        remarks.says_almost,
        count(*) as kpis,
        count(*) filter (kpis.value < 100) as missed,
        string_agg(kpis.subject || ' ' || shown, ', ' order by kpis.subject)
            filter (kpis.value < 100) as which
    from remarks
    join kpis using (period)
    group by all
)

select
    figure_id,
    null as computed,
    spoken(period) || ': the report says ' || quoted_words(words) || ', '
        || if(
            missed = 0,
            'yet all ' || kpis || ' printed indices are at least 100: every target was met.',
            'yet ' || missed || ' of ' || kpis || ' printed indices are below 100: ' || which || '.'
        ) as finding
from counted
where kpis > 1 and if(says_almost, missed = 0 or missed * 2 > kpis, missed > 0)
