-- What a service-level policy makes of each contact: stated once, for every figure that counts
-- contacts by a policy; and what is wrong with a handle time. The names of the tables are
-- parameters because the engine binds a macro when it is created, and these tables come later;
-- whoever asks "what if" passes their own.

-- from queue entry until an agent took the contact, half up at the millisecond as waits are
create macro acceptance_seconds(entered_at, accepted_at) as cast(
    (epoch_us(accepted_at) - epoch_us(entered_at) + 500) // 1000 * 0.001 as decimal(12, 3)
);

create macro is_in_time(wait_seconds, threshold_seconds, comparator) as coalesce(
    case comparator
        when '<=' then wait_seconds <= threshold_seconds
        else wait_seconds < threshold_seconds
    end,
    false
);

-- exclude (not in the denominator), count (denominator only), credit (denominator, and met) or
-- credit_within_threshold (denominator, and met if in time), by the switches of a policy or preset
create macro contact_treatment(
    outcome, wait_seconds, is_within,
    abandons, short_abandon_seconds, short_abandons, flow_out, callback, voicemail
) as case outcome
    when 'answered' then 'credit_within_threshold'
    when 'abandoned' then
        case
            when short_abandon_seconds > 0 and wait_seconds <= short_abandon_seconds
                then short_abandons
            when abandons = 'ignore' then 'exclude'
            when abandons = 'after_threshold_only'
                then case when is_within then 'exclude' else 'count' end
            else abandons
        end
    when 'flow_out' then flow_out
    when 'callback' then callback
    when 'voicemail' then voicemail
    else 'exclude'
end;

create macro is_met(treatment, is_within) as
    treatment = 'credit' or (treatment = 'credit_within_threshold' and is_within);

-- whether it is known on which side of a limit a wait lies: by the wait, or by both its bounds;
-- whoever counted within 20 s and over it seldom says where the twentieth second went, so a
-- policy's comparator asks nothing of bounds
create macro is_decided(wait_seconds, within_seconds, over_seconds, limit_seconds) as
    if(
        coalesce(within_seconds, over_seconds) is null,
        wait_seconds is not null,
        coalesce(within_seconds <= limit_seconds, false)
        or coalesce(over_seconds >= limit_seconds, false)
    );

-- a treatment, or `unknown` where it asks on which side of a limit a wait lies that is not known
create macro known_treatment(
    treatment, outcome, abandons, short_abandon_seconds, short_abandons,
    is_threshold_decided, is_short_decided
) as case
    when not is_threshold_decided
        and (
            treatment = 'credit_within_threshold'
            or (outcome = 'abandoned' and abandons = 'after_threshold_only')
        ) then 'unknown'
    -- short or not, one who gave up may be treated alike
    when not is_short_decided
        and outcome = 'abandoned'
        and short_abandon_seconds > 0
        and treatment <> short_abandons then 'unknown'
    else treatment
end;

-- the switches of a policy or preset as readers see them, in the order in which a comparison of
-- two of them changes one after the other
create macro switches_in_words(
    comparator, short_abandon_seconds, short_abandons, abandons, flow_out, callback, voicemail
) as [
    comparator,
    case
        when short_abandon_seconds = 0 then 'none'
        else short_abandons || ' up to '
            || rtrim(rtrim(cast(short_abandon_seconds as varchar), '0'), '.') || ' s'
    end,
    abandons,
    flow_out,
    callback,
    voicemail
];

-- every contact with the policy in force that day (a row for the queue goes before one for every
-- queue), whether it was in time and how it is treated; a day without a policy has no rows here.
-- The wait is up to the answer or the acceptance, whichever ends it by the policy.
-- Where bounds of the wait are given they are asked, and wait_seconds is just below the upper one;
-- the treatment is `unknown` where a limit of the policy lies between them, or nothing is given.
create macro treated_contacts(
    contacts_table := 'fact.contacts', policy_table := 'ref.service_level_policy'
) as table
with days as (select distinct channel, queue, local_date from query_table(contacts_table)),

policies as (
    select days.local_date, days.queue as of_queue, policy.*
    from days
    join query_table(policy_table) as policy
        on policy.channel = days.channel
        and policy.queue in (days.queue, '*')
        and is_in_force(days.local_date, policy.valid_from, policy.valid_to)
    qualify row_number() over (
        partition by days.channel, days.queue, days.local_date
        order by policy.queue = '*', policy.policy_id
    ) = 1
),

timed as (
    select
        contacts.month,
        contacts.local_date,
        contacts.channel,
        contacts.queue,
        contacts.source,
        contacts.outcome,
        case
            when coalesce(contacts.wait_within_seconds, contacts.wait_over_seconds) is not null
                then contacts.wait_within_seconds - 0.001
            when policies.wait_ends = 'acceptance' and contacts.outcome = 'answered'
                then acceptance_seconds(contacts.entered_at, contacts.accepted_at)
            else contacts.wait_seconds
        end as wait_seconds,
        contacts.wait_within_seconds,
        contacts.wait_over_seconds,
        contacts.contacts,
        contacts.incident_id,
        policies.* exclude (channel, queue, local_date, of_queue)
    from query_table(contacts_table) as contacts
    join policies
        on policies.channel = contacts.channel
        and policies.of_queue = contacts.queue
        and policies.local_date = contacts.local_date
),

treated as (
    select
        *,
        is_in_time(wait_seconds, threshold_seconds, comparator) as is_within,
        contact_treatment(
            outcome, wait_seconds, is_within,
            abandons, short_abandon_seconds, short_abandons, flow_out, callback, voicemail
        ) as treatment
    from timed
)

select
    * replace (
        known_treatment(
            treatment, outcome, abandons, short_abandon_seconds, short_abandons,
            is_decided(wait_seconds, wait_within_seconds, wait_over_seconds, threshold_seconds),
            is_decided(wait_seconds, wait_within_seconds, wait_over_seconds, short_abandon_seconds)
        ) as treatment
    )
from treated;

-- what is wrong with an answered contact's handle time, or null: missing (lost on the way), zero,
-- or impossible: over four hours, or two seconds more than the contact lasted. Work after the
-- contact has no end of its own to be held against.
create macro handle_time_fault(
    talk_seconds, hold_seconds, acw_seconds, answered_at, ended_at
) as case
    when talk_seconds is null then 'missing'
    when talk_seconds = 0 then 'zero'
    when talk_seconds + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0) > 14400
        then 'impossible'
    when (talk_seconds + coalesce(hold_seconds, 0) - 2) * 1000000
        > epoch_us(ended_at) - epoch_us(answered_at) then 'impossible'
end;
