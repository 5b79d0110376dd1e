-- title: From the service level in force to that of each other rule, one switch of the policy at a time; the threshold and what ends a wait stay the policy's. The last step of a rule is its figure. Also of closed periods with all that is known now
-- grain: one row per month, channel, queue, rule and step
-- reads: fact.contacts, metric.monthly, ref.service_level_policy, ref.service_level_presets
-- order: month, channel nulls first, queue nulls first, rule, step
with presets as (from ref.service_level_presets),

policies as (from ref.service_level_policy),

-- the waits up to which some rule treats an abandon as short
limits as (
    select list(short_abandon_seconds order by short_abandon_seconds) as seconds
    from (
        select short_abandon_seconds from presets
        union
        select short_abandon_seconds from policies
    )
),

-- few counts instead of many contacts: a wait is kept only up to the next limit above it
counts as (
    select
        treated.channel,
        treated.queue,
        treated.outcome,
        {
            'comparator': treated.comparator,
            'short_abandon_seconds': treated.short_abandon_seconds,
            'short_abandons': treated.short_abandons,
            'abandons': treated.abandons,
            'flow_out': treated.flow_out,
            'callback': treated.callback,
            'voicemail': treated.voicemail
        } as in_force,
        is_in_time(treated.wait_seconds, treated.threshold_seconds, '<=') as is_by_threshold,
        is_in_time(treated.wait_seconds, treated.threshold_seconds, '<') as is_before_threshold,
        case
            when treated.outcome = 'abandoned'
                then list_min(
                    list_filter(limits.seconds, lambda limit_seconds:
                        limit_seconds >= treated.wait_seconds)
                )
        end as wait_seconds,
        is_decided(
            treated.wait_seconds, wait_within_seconds, wait_over_seconds, threshold_seconds
        ) as is_threshold_decided,
        case
            when coalesce(wait_within_seconds, wait_over_seconds) is not null
                or (treated.outcome = 'abandoned' and treated.wait_seconds is null)
                then list_filter(limits.seconds, lambda limit_seconds: not is_decided(
                    treated.wait_seconds, wait_within_seconds, wait_over_seconds, limit_seconds
                ))
        end as undecided_limits,
        sum(treated.contacts) as contacts
    from treated_contacts() as treated
    cross join limits
    where treated.treatment <> 'unknown'
    group by all
),

steps as (
    from (
        values
            (0, 'in_force'), (1, 'comparator'), (2, 'short_abandons'), (3, 'abandons'),
            (4, 'flow_out'), (5, 'callback'), (6, 'voicemail')
    ) as steps (step, switch)
),

walks as (
    select presets.*, steps.* from presets cross join steps
    union all by name
    select 'in_force' as rule_id, 0 as step, 'in_force' as switch
),

-- at each step the first switches are the rule's, the others still those in force
rules as (
    select
        walks.rule_id,
        walks.step,
        policies_met.in_force,
        if(step >= 1, walks.comparator, in_force.comparator) as comparator,
        if(step >= 2, walks.short_abandon_seconds, in_force.short_abandon_seconds)
            as short_abandon_seconds,
        if(step >= 2, walks.short_abandons, in_force.short_abandons) as short_abandons,
        if(step >= 3, walks.abandons, in_force.abandons) as abandons,
        if(step >= 4, walks.flow_out, in_force.flow_out) as flow_out,
        if(step >= 5, walks.callback, in_force.callback) as callback,
        if(step >= 6, walks.voicemail, in_force.voicemail) as voicemail,
        switches_in_words(
            in_force.comparator, in_force.short_abandon_seconds, in_force.short_abandons,
            in_force.abandons, in_force.flow_out, in_force.callback, in_force.voicemail
        )[step] as from_value,
        switches_in_words(
            walks.comparator, walks.short_abandon_seconds, walks.short_abandons,
            walks.abandons, walks.flow_out, walks.callback, walks.voicemail
        )[step] as to_value
    from walks
    cross join (select distinct in_force from counts) as policies_met
),

treated as (
    select
        counts.channel,
        counts.queue,
        counts.contacts,
        rules.rule_id,
        rules.step,
        rules.from_value,
        rules.to_value,
        if(rules.comparator = '<=', is_by_threshold, is_before_threshold) as is_within,
        known_treatment(
            contact_treatment(
                counts.outcome, counts.wait_seconds, is_within,
                rules.abandons, rules.short_abandon_seconds, rules.short_abandons,
                rules.flow_out, rules.callback, rules.voicemail
            ),
            counts.outcome, rules.abandons, rules.short_abandon_seconds, rules.short_abandons,
            counts.is_threshold_decided,
            not coalesce(list_contains(undecided_limits, rules.short_abandon_seconds), false)
        ) as treatment
    from counts
    join rules on rules.in_force = counts.in_force
),

figures as (
    select
        channel,
        queue,
        rule_id,
        step,
        string_agg(distinct from_value, ', ' order by from_value) as from_value,
        any_value(to_value) as to_value,
        sum(contacts) filter (is_met(treatment, is_within)) as numerator,
        sum(contacts) filter (treatment <> 'exclude') as denominator,
        sum(contacts) filter (treatment = 'unknown') as undecided
    from treated
    group by channel, queue, rule_id, step
),

-- sources and policies pooled; what withholds one of them withholds the whole
cells as (
    select
        month,
        channel,
        queue,
        bool_or(is_withheld(status)) as is_withheld,
        if(is_withheld, null_status(status), value_status(status)) as status,
        string_agg(distinct reason, '; ' order by reason)
            filter (is_withheld(status)) as reason
    from metric.monthly
    where metric_id = 'service_level'
    group by month, channel, queue
),

-- counted contacts of whom the rule in force knows enough, and another asks more than is known
walked as (
    select
        cells.*,
        if(cells.is_withheld, 0, coalesce(figures.undecided, 0)) as undecided,
        cells.is_withheld or undecided > 0 as is_null,
        walks.rule_id,
        walks.step,
        walks.switch,
        figures.from_value,
        figures.to_value,
        if(is_null, null, cast(coalesce(figures.numerator, 0) as decimal(38, 12))) as numerator,
        if(is_null, null, cast(coalesce(figures.denominator, 0) as decimal(38, 12)))
            as denominator
    from cells
    cross join walks
    left join figures
        on figures.channel is not distinct from cells.channel
        and figures.queue is not distinct from cells.queue
        and figures.rule_id = walks.rule_id
        and figures.step = walks.step
)

select
    month,
    channel,
    queue,
    rule_id as rule,
    step,
    switch,
    from_value,
    to_value,
    numerator,
    denominator,
    numerator - lag(numerator) over steps_of_rule as numerator_change,
    denominator - lag(denominator) over steps_of_rule as denominator_change,
    case
        when undecided > 0 then 'not_reported'
        when not is_withheld and denominator = 0 then 'no_volume'
        else status
    end as status,
    case
        when undecided > 0
            then 'how this rule counts ' || undecided || ' contacts is not known: their waits are '
            || 'not given, or by other limits'
        when is_withheld then reason
        when denominator = 0 then 'nothing to count'
        when status = 'in_progress' then 'the month is running'
        else 'counted from complete exports'
    end as reason
from walked
window steps_of_rule as (partition by month, channel, queue, rule_id order by step)
