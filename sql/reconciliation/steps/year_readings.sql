-- title: What a year's figure would be, by each way of making it from the printed columns
-- grain: one row per figure of a year and way
-- reads: reference.columns
with placed as (
    select
        *,
        row_number() over (partition by figure_id, section, kind order by label) as nth,
        count(*) over (partition by figure_id, section, kind) as of_kind,
        count(distinct label) over (partition by figure_id, section, kind) as labels
    from reference.columns
),

-- a whole year of columns, each printed once; quarters go before months
whole as (
    select * from placed
    where (kind = 'quarter' and of_kind = 4 or kind = 'month' and of_kind = 12)
        and labels = of_kind
    qualify kind = max(kind) over (partition by figure_id)
),

labelled as (
    select
        figure_id,
        any_value(kind) as kind,
        avg(value order by nth) as mean,
        arg_max(value, nth) as last,
        sum(value order by nth) as sum,
        min(value) as lowest,
        max(value) as highest,
        list(shown(value, places) order by nth) as shown,
        min(places) as places
    from whole
    group by figure_id, section
),

-- runs of neighbouring columns, the Average among them: what a shifted header would give
row_cells as (
    select figure_id, section, nth, label, value from whole where kind = 'quarter'
    union all
    select whole.figure_id, whole.section, 5, placed.label, placed.value
    from (select distinct figure_id, section from whole where kind = 'quarter') as whole
    join placed using (figure_id, section)
    where placed.kind = 'average' and placed.of_kind = 1
),

runs as (
    select
        first.figure_id,
        'mean of the columns ' || array_to_string(list(cells.label order by cells.nth)[:-2], ', ')
            || ' and ' || arg_max(cells.label, cells.nth) as way,
        avg(cells.value order by cells.nth) as value
    from row_cells as first
    join row_cells as last
        on (last.figure_id, last.section) = (first.figure_id, first.section)
        and last.nth >= first.nth + 2
    join row_cells as cells
        on (cells.figure_id, cells.section) = (first.figure_id, first.section)
        and cells.nth between first.nth and last.nth
    where not (first.nth = 1 and last.nth = 4)
    group by first.figure_id, first.section, first.nth, last.nth
),

ways as (
    select
        figure_id,
        unnest(['mean', 'last', 'sum']) as role,
        unnest([
            if(kind = 'quarter', 'mean of the four quarters', 'mean of the twelve months'),
            if(kind = 'quarter', 'the last quarter', 'the last month'),
            if(kind = 'quarter', 'sum of the four quarters', 'sum of the twelve months')
        ]) as way,
        unnest([mean, last, sum]) as value,
        lowest,
        highest,
        array_to_string(shown, ', ') as shown,
        places
    from labelled
    union all by name
    select figure_id, 'run' as role, way, value from runs
)

select figure_id, role, way, value, lowest, highest, shown, places
from ways
order by figure_id, role, way, value
