-- title: What each figure rests on, step by step, from the organisation's score to records of files
-- grain: one row per figure (its period and basis) and thing it rests on
-- order: year, period, basis, figure, kind, part_period, part, first_row
with periods as (
    select distinct year, period, period_end, period_state from ref.calendar
),

cards as (
    select cards.*, periods.period_end, level || ':' || id as figure
    from kpi.scorecard as cards
    join periods using (year, period)
),

cells as (
    select
        *,
        'metric:' || metric_id || coalesce(' ' || channel, '') || coalesce(' ' || service, '')
            as figure
    from kpi.cells
),

rules as (
    select
        *,
        table_name || ':' || row_key as part,
        if(
            table_name = 'requirements',
            'expects exports of ' || split_part(row_key, ' ', -1),
            array_to_string(decides, ', ')
        ) as text
    from ref.register_rows
),

-- the decision on a target that holds: the period's own goes before the year's, the latest last
targets as (
    select
        kpi_id,
        year,
        period,
        cast(target as double) as value,
        format('{:g}', value) || ' for ' || if(period = '*', 'every period', period)
        || ', decided on ' || decided_on as text,
        authority,
        is_assumption
    from ref.targets
    qualify decided_on = max(decided_on) over (partition by kpi_id, year, period)
),

-- from a parent to what it is the weighted mean of
tree as (
    select
        parent.year,
        parent.period,
        parent.basis,
        parent.figure,
        child.period as part_period,
        child.basis as part_basis,
        child.figure as part,
        child.level as kind,
        child.weight,
        child.index as value,
        child.status,
        coalesce(child.code || ' ', '') || child.name_en
        || if(
            child.points_lost_to_cap > 0,
            '; ' || format('{:.2f}', child.points_lost_to_cap) || ' points lost to the cap',
            ''
        )
        || if(
            child.level <> 'kpi' and child.measured_weight < 1,
            '; ' || format('{:.1f}', 100 * child.measured_weight) || ' % of its weight measured',
            ''
        ) as text,
        rules.authority,
        rules.is_assumption
    from cards as parent
    join cards as child
        on child.parent_id = parent.id
        and child.year = parent.year
        and child.period = parent.period
        and child.basis = parent.basis
    left join rules
        on rules.table_name = 'weights'
        and rules.row_key = parent.id || ' ' || child.id
        and is_in_force(parent.period_end, rules.valid_from, rules.valid_to)
),

kpis as (
    select
        cards.year,
        cards.period,
        cards.period_end,
        cards.basis,
        cards.figure,
        kpis.kpi_id,
        kpis.source,
        kpis.channel,
        kpis.service,
        kpis.consolidation = 'pooled' or cards.period like 'Q%' as is_direct,
        coalesce(realisations.target_period, cards.period) as target_period
    from cards
    join ref.kpis as kpis
        on kpis.kpi_id = cards.id
        and is_in_force(cards.period_end, kpis.valid_from, kpis.valid_to)
    left join kpi.realisations as realisations
        on realisations.kpi_id = cards.id
        and realisations.year = cards.year
        and realisations.period = cards.period
        and realisations.basis = cards.basis
    where cards.level = 'kpi'
),

-- the register rows that turn a KPI's measure into its index
kpi_rules as (
    select
        kpis.year,
        kpis.period,
        kpis.basis,
        kpis.figure,
        rules.part,
        if(rules.table_name = 'reported', 'reported', 'rule') as kind,
        if(kind = 'reported', cards.realisation, null) as value,
        rules.text,
        rules.authority,
        rules.is_assumption
    from kpis
    join cards using (year, period, basis, figure)
    join rules
        on case rules.table_name
            when 'kpis' then rules.row_key = kpis.kpi_id
            when 'reported' then kpis.basis = 'reported'
                and rules.row_key = concat_ws(' ', kpis.kpi_id, kpis.year, kpis.period)
            when 'conversions' then kpis.basis = 'computed' and kpis.is_direct
                and list_contains(rules.items, 'kpi_id ' || kpis.kpi_id)
            else false
        end
        and (
            rules.valid_from is null
            or is_in_force(kpis.period_end, rules.valid_from, rules.valid_to)
        )
),

kpi_targets as (
    select
        kpis.year,
        kpis.period,
        kpis.basis,
        kpis.figure,
        'targets:' || kpis.kpi_id || ' ' || kpis.year as part,
        'target' as kind,
        targets.value,
        targets.text,
        targets.authority,
        targets.is_assumption
    from kpis
    join targets
        on targets.kpi_id = kpis.kpi_id
        and targets.year = kpis.year
        and targets.period in (kpis.target_period, '*')
    qualify row_number() over (
        partition by kpis.year, kpis.period, kpis.basis, kpis.figure
        order by targets.period = '*'
    ) = 1
),

-- figures of a running period are shown to date, of one that has ended they must be complete
period_states as (
    select
        figures.year,
        figures.period,
        figures.basis,
        figures.figure,
        'period' as part,
        'state' as kind,
        'the period ' || if(periods.period_state = 'closed', 'has ended', 'is running') as text
    from (
        select year, period, basis, figure from kpis
        union all
        select year, period, 'computed', 'composite:' || composite_id from kpi.composites
        union all
        select year, period, 'computed', figure from cells
    ) as figures
    join periods using (year, period)
),

-- longer periods of a KPI that is not pooled rest on its quarters
quarters as (
    select
        kpis.year,
        kpis.period,
        kpis.basis,
        kpis.figure,
        quarter.period as part_period,
        quarter.basis as part_basis,
        quarter.figure as part,
        'quarter' as kind,
        quarter.realisation as value,
        quarter.status,
        quarter.reason as text
    from kpis
    join (select distinct year, period, quarter from ref.calendar) as held
        on held.year = kpis.year and held.period = kpis.period
    join cards as quarter
        on quarter.year = kpis.year
        and quarter.period = held.quarter
        and quarter.figure = kpis.figure
        and quarter.basis = 'computed'
    where kpis.basis = 'computed' and not kpis.is_direct
),

-- what names a metric, input or composite as its source: KPIs, and composites' parts
wants as (
    select year, period, basis, figure, source, channel, service, null as weight,
        null as authority, null as is_assumption, null as part_text
    from kpis
    where basis = 'computed' and is_direct
    union all
    select
        composites.year,
        composites.period,
        'computed',
        'composite:' || composites.composite_id,
        parts.source,
        parts.channel,
        parts.service,
        parts.weight,
        parts.authority,
        parts.is_assumption,
        parts.part_id || ': '
    from kpi.composites as composites
    join ref.composite_parts as parts
        on parts.composite_id = composites.composite_id
        and is_in_force(composites.period_end, parts.valid_from, parts.valid_to)
),

of_composites as (
    select
        wants.year,
        wants.period,
        wants.basis,
        wants.figure,
        wants.period as part_period,
        'computed' as part_basis,
        wants.source as part,
        'composite' as kind,
        composites.value,
        composites.status,
        titles.title || '; ' || composites.reason as text,
        titles.authority,
        titles.is_assumption
    from wants
    join kpi.composites as composites
        on wants.source = 'composite:' || composites.composite_id
        and composites.year = wants.year
        and composites.period = wants.period
    join ref.composites as titles on titles.composite_id = composites.composite_id
),

composite_rules as (
    select
        composites.year,
        composites.period,
        'computed' as basis,
        'composite:' || composites.composite_id as figure,
        rules.part,
        'rule' as kind,
        rules.text,
        rules.authority,
        rules.is_assumption
    from kpi.composites as composites
    join rules
        on rules.table_name = 'composites' and rules.row_key = composites.composite_id
),

of_cells as (
    select
        wants.year,
        wants.period,
        wants.basis,
        wants.figure,
        cells.period as part_period,
        'computed' as part_basis,
        cells.figure as part,
        'metric' as kind,
        wants.weight,
        cells.value,
        cells.numerator,
        cells.denominator,
        cells.status,
        coalesce(wants.part_text, '') || definitions.title as text,
        wants.authority,
        wants.is_assumption
    from wants
    join cells
        on wants.source = 'metric:' || cells.metric_id
        and (wants.channel is null or wants.channel = cells.channel)
        and (wants.service is null or wants.service = cells.service)
        and cells.year = wants.year
        and cells.period = wants.period
    join ref.metric_definitions as definitions using (metric_id)
),

of_inputs as (
    select
        wants.year,
        wants.period,
        wants.basis,
        wants.figure,
        inputs.period as part_period,
        concat_ws(' ', 'inputs:' || inputs.input_id, inputs.year, inputs.period) as part,
        'input' as kind,
        wants.weight,
        coalesce(
            cast(inputs.value as double),
            case
                when inputs.denominator > 0
                    then 100 * cast(inputs.numerator as double)
                        / cast(inputs.denominator as double)
            end
        ) as value,
        inputs.numerator,
        inputs.denominator,
        'measured' as status,
        coalesce(wants.part_text, '') || inputs.evidence
            || case when inputs.is_synthetic then ' (synthetic)' else '' end as text,
        coalesce(wants.authority, inputs.authority) as authority,
        wants.is_assumption
    from wants
    join kpi.inputs as inputs
        on wants.source = 'input:' || inputs.input_id and inputs.year = wants.year
    join (
        select distinct
            year, period, quarter, last_day(date_trunc('quarter', month) + interval 2 month) as ends
        from ref.calendar
    ) as held
        on held.year = wants.year
        and held.period = wants.period
        and held.quarter = inputs.period
    -- of the quarters in which somebody names it
    where exists (
        select 1
        from (
            select source, valid_from, valid_to from ref.kpis
            union all
            select source, valid_from, valid_to from ref.composite_parts
        ) as naming
        where naming.source = wants.source
            and is_in_force(held.ends, naming.valid_from, naming.valid_to)
    )
),

-- a metric's quarters and years rest on its months
months as (
    select distinct
        whole.year,
        whole.period,
        'computed' as basis,
        whole.figure,
        month.period as part_period,
        'computed' as part_basis,
        month.figure as part,
        'month' as kind,
        month.value,
        month.numerator,
        month.denominator,
        month.status,
        month.reason as text
    from cells as whole
    join ref.calendar as calendar
        on calendar.year = whole.year and calendar.period = whole.period
    join cells as month
        on month.figure = whole.figure
        and month.period = strftime(calendar.month, '%Y-%m')
),

-- a metric's month rests on its definition, dated rules, state, failed checks and records
month_cells as (
    select
        cells.*,
        definitions.reads,
        definitions.numerator as counts,
        definitions.denominator as over_what,
        definitions.fingerprint,
        cast(cells.period || '-01' as date) as month
    from cells
    join ref.metric_definitions as definitions using (metric_id)
    where length(cells.period) = 7
),

definitions as (
    select
        year, period, figure,
        'definition:' || metric_id as part,
        'definition' as kind,
        counts || ' / ' || over_what || ' (definition ' || fingerprint || ')' as text
    from month_cells
),

month_rules as (
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
),

states as (
    select
        year, period, figure, 'state' as part, 'state' as kind, status,
        status || ': ' || reason as text
    from month_cells
),

failed_checks as (
    select
        month_cells.year,
        month_cells.period,
        month_cells.figure,
        'check:' || checks.check_id as part,
        'check' as kind,
        checks.title || ': ' || checks.offending_rows || ' rows; ' || checks.reason as text
    from month_cells
    join ops.checks as checks
        on checks.month = month_cells.month
        and list_contains(month_cells.reads, checks.table_name)
    where checks.severity = 'block' and not checks.passed
),

files as (
    select
        file_id, source, min(path) as path, any_value(sha256) as sha256,
        any_value(reading order by reading) as reading
    from ops.files
    where status = 'loaded'
    group by file_id, source
),

records as (
    select
        month_cells.year,
        month_cells.period,
        month_cells.figure,
        'file:' || coalesce(files.path, evidence.file_id) as part,
        'file' as kind,
        evidence.rows || ' rows of ' || evidence.table_name || ', records '
        || evidence.first_row || ' to ' || evidence.last_row || ', sha256 '
        || coalesce(left(files.sha256, 12), evidence.file_id)
        || coalesce(', read by ' || evidence.source || ' ' || files.reading, '') as text,
        evidence.file_id,
        evidence.rows,
        evidence.first_row,
        evidence.last_row
    from month_cells
    join fact.evidence as evidence
        on evidence.month = month_cells.month
        and list_contains(month_cells.reads, evidence.table_name)
        and (
            evidence.channel is null or month_cells.channel is null
            or evidence.channel = month_cells.channel
        )
        and (
            evidence.service is null or month_cells.service is null
            or evidence.service = month_cells.service
        )
    left join files
        on files.file_id = evidence.file_id and files.source is not distinct from evidence.source
),

-- files that speak of a month without a row in it: they prove that nothing happened
proofs as (
    select distinct
        month_cells.year,
        month_cells.period,
        month_cells.figure,
        'file:' || spoken.path as part,
        'file' as kind,
        spoken.kind || ' export of the month with ' || spoken.rows || ' rows, sha256 '
        || left(spoken.sha256, 12) as text,
        spoken.file_id,
        cast(0 as bigint) as rows
    from month_cells
    join ref.requirements as required
        on required.metric_id = month_cells.metric_id
        and (
            required.channel is null or month_cells.channel is null
            or required.channel = month_cells.channel
        )
        and (
            required.service is null or month_cells.service is null
            or required.service = month_cells.service
        )
    join (
        select files.*, unnest(files.covers) as days
        from ops.files as files
        where files.status in ('loaded', 'duplicate_file')
    ) as spoken
        on spoken.kind = required.kind
        and cast(split_part(spoken.days, '..', 1) as date) <= last_day(month_cells.month)
        and cast(split_part(spoken.days, '..', -1) as date) >= month_cells.month
    where not exists (
        select 1 from records
        where records.period = month_cells.period and records.figure = month_cells.figure
    )
),

everything as (
    select * from tree
    union all by name
    select * from kpi_rules
    union all by name
    select * from kpi_targets
    union all by name
    select * from period_states
    union all by name
    select * from quarters
    union all by name
    select * from of_composites
    union all by name
    select * from composite_rules
    union all by name
    select * from of_cells
    union all by name
    select * from of_inputs
    union all by name
    select * from months
    union all by name
    select * from definitions
    union all by name
    select * from month_rules
    union all by name
    select * from states
    union all by name
    select * from failed_checks
    union all by name
    select * from records
    union all by name
    select * from proofs
)

select
    cast(year as integer) as year,
    period,
    coalesce(basis, 'computed') as basis,
    figure,
    kind,
    part_period,
    part_basis,
    part,
    cast(weight as double) as weight,
    cast(value as double) as value,
    cast(numerator as decimal(38, 12)) as numerator,
    cast(denominator as decimal(38, 12)) as denominator,
    status,
    text,
    authority,
    is_assumption,
    file_id,
    rows,
    first_row,
    last_row
from everything
