-- title: A metric's definition is another
with definitions as (
    select
        'definition:' || metric_id as part,
        case
            when before.metric_id is null then ' was added'
            when after.metric_id is null then ' was removed'
            else ' changed'
        end as fate
    from (select * from both_definitions where version = 'before') as before
    full join (select * from both_definitions where version = 'after') as after using (metric_id)
    where before.fingerprint is distinct from after.fingerprint
)

select period, basis, figure, 1 as precedence, 'the definition of ' || name || fate as cause
from pairs
join definitions using (part)
union all
-- kept apart while closed, and another since
select period, basis, figure, 1, 'the definition of ' || name || ' changed'
from pairs
where kind = 'definition' and not is_new and not is_gone
