-- title: Which aggregation of which figures gives a printed figure that the computed one is not
-- grain: one row per figure and way
-- reads: reference.printed, reference.verdicts, reference.year_readings, reference.pairs, reference.misnamed, reference.means, reference.kpis, kpi.cells, kpi.composites, ref.metric_definitions
with asked as (
    select printed.*, verdicts.computed
    from reference.printed as printed
    join reference.verdicts as verdicts using (figure_id)
    where verdicts.verdict in ('differs', 'not_computable')
),

-- the home's own figures, put together otherwise
series as (
    select 'metric:' || metric_id as source, channel, service, year, period, value
    from kpi.cells
    union all by name
    select 'composite:' || composite_id as source, year, period, value from kpi.composites
),

origins as (
    select figure_id, subject_key as source, channel, service, year, kind
    from asked
    where subject_key in ('metric:' || measure, 'composite:' || measure)
    union all
    select
        asked.figure_id,
        kpis.source,
        kpis.channel,
        kpis.service,
        asked.year,
        asked.kind
    from asked
    join reference.kpis as kpis using (subject_key)
    where asked.measure = 'realisation' and coalesce(asked.channel, asked.service) is null
),

mine as (
    select origins.figure_id, series.period, series.value
    from origins
    join series using (source, year)
    where origins.kind = 'year'
        and series.channel is not distinct from origins.channel
        and series.service is not distinct from origins.service
),

computed as (
    select
        figure_id,
        unnest(['mean of the computed months', 'mean of the computed quarters',
            'pooled over the computed year']) as way,
        unnest([
            if(count(value) filter (length(period) = 7) = 12,
                avg(value order by period) filter (length(period) = 7), null),
            if(count(value) filter (period[1] = 'Q') = 4,
                avg(value order by period) filter (period[1] = 'Q'), null),
            max(value) filter (period = 'Y')
        ]) as value
    from mine
    group by figure_id
),

-- the computed figure itself, printed in another unit; of few decimals it would be by chance
scaled as (
    select
        asked.figure_id,
        if(unit = 'seconds', 'the computed seconds in minutes', 'the computed percentage as a share')
            as way,
        computed / if(unit = 'seconds', 60, 100) as value
    from asked
    left join ref.metric_definitions as metrics
        on asked.subject_key = 'metric:' || metrics.metric_id
    where (
            measure in ('target', 'realisation', 'index', 'achievement')
            or subject_key in ('metric:' || measure, 'composite:' || measure)
        )
        and unit is distinct from 'number'
        and places >= if(unit = 'seconds', 1, 2)
),

same_row as (
    select
        asked.figure_id,
        'column Average' || if(averages.section = '', '', ' of ' || averages.section) as way,
        cast(averages.value as double) as value
    from asked
    join reference.printed as averages
        on (averages.subject_key, averages.measure, averages.year)
            = (asked.subject_key, asked.measure, asked.year)
        and averages.channel is not distinct from asked.channel
        and averages.service is not distinct from asked.service
    where averages.is_average and not asked.is_average and asked.kind = 'year'
),

ways as (
    select 0 as rank, figure_id, way, value from scaled
    union all
    select 1, figure_id, way, value from computed
    union all
    select 2, figure_id, 'printed: ' || way, value from reference.year_readings
    union all
    select 3, figure_id, 'printed: ' || way, value from same_row
    union all
    select
        4,
        asked.figure_id,
        'printed: ' || pairs.words,
        if(asked.measure = 'index', pairs.index, pairs.achievement)
    from asked
    join reference.pairs as pairs using (subject_key, period)
    where asked.measure in ('index', 'achievement') and not pairs.is_doubtful
        and coalesce(asked.channel, asked.service) is null
    union all
    select 4, asked.figure_id, 'printed: achievement, ' || misnamed.basis, asked.value
    from asked
    join reference.misnamed as misnamed using (figure_id)
    union all
    select 5, figure_id, 'printed: weighted mean of ' || words, value from reference.means
)

select distinct
    ways.figure_id,
    ways.rank,
    ways.way
from ways
join asked using (figure_id)
where ways.value is not null and equals(ways.value, asked.value, asked.places)
order by ways.figure_id, ways.rank, ways.way
