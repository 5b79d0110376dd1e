"""What a skilled hand would write in DuckDB: `duckdb_script.py LANDING DATABASE [all]`.

Loads the contacts (with `all`, every export) into tables, once each, and prints the monthly
service level as JSON: answered in time and offered, by channel and month.
"""

import json
import sys

import duckdb

landing, database = sys.argv[1:3]
con = duckdb.connect(database)
con.execute("set preserve_insertion_order = false")
con.execute("create schema fact")
con.execute(f"""
create table fact.contacts as
select distinct on (contact_id) * from (
    select 'phone' as channel, "Call ID" as contact_id, "Queue" as queue, "Entered" as entered_at,
        "Answered" as answered_at, "Ended" as ended_at, lower("Outcome") as outcome,
        "Wait" as wait_seconds, "Talk" as talk_seconds, "Hold" as hold_seconds,
        "Wrap-up" as acw_seconds, "Agent" as agent_key,
        cast("Entered" as date) as local_date,
        cast(date_trunc('month', "Entered") as date) as month
    from read_csv('{landing}/calls/*.csv', delim = ';', header = true, decimal_separator = ',',
        timestampformat = '%d/%m/%Y %H:%M:%S', columns = {{
            'Call ID': 'varchar', 'Queue': 'varchar', 'Entered': 'timestamp',
            'Answered': 'timestamp', 'Ended': 'timestamp', 'Outcome': 'varchar',
            'Wait': 'decimal(12, 3)', 'Talk': 'decimal(12, 3)', 'Hold': 'decimal(12, 3)',
            'Wrap-up': 'decimal(12, 3)', 'Agent': 'varchar'}})
    union all by name
    select 'chat' as channel, id as contact_id, skill as queue,
        requested_at + interval 7 hours as entered_at,
        case status when 'handled' then 'answered' else 'abandoned' end as outcome,
        waited as wait_seconds, lasted as talk_seconds, agent as agent_key,
        cast(requested_at + interval 7 hours as date) as local_date,
        cast(date_trunc('month', requested_at + interval 7 hours) as date) as month
    from read_csv('{landing}/chats/*.csv', delim = ',', header = true,
        timestampformat = '%Y-%m-%dT%H:%M:%SZ', columns = {{
            'id': 'varchar', 'skill': 'varchar', 'requested_at': 'timestamp', 'status': 'varchar',
            'waited': 'decimal(12, 3)', 'lasted': 'decimal(12, 3)', 'agent': 'varchar'}})
)
""")
if sys.argv[3:] == ["all"]:
    con.execute(f"""
    create table fact.survey_responses as
    select distinct on (response_id) *, scale as scale_max,
        cast(date_trunc('month', submitted) as date) as month
    from read_csv('{landing}/surveys/*.csv');
    create table fact.outbound_cases as
    select distinct on (case_no) case_no as case_id, taxpayer_id, campaign,
        list_date as listed_at, issue_date as issued_at, due_date as due_at, amount
    from read_csv('{landing}/outbound/cases_*.csv');
    create table fact.outbound_attempts as
    select distinct on (attempt_no) attempt_no as attempt_id, case_no as case_id,
        call_time as called_at, disposition, agent as agent_key, campaign,
        talk_sec as talk_seconds, cast(date_trunc('month', call_time) as date) as month
    from read_csv('{landing}/outbound/attempts_*.tsv');
    create table fact.payments as
    select distinct on (payment_no) payment_no as payment_id, case_no as case_id, paid_at,
        known_at, amount
    from read_csv('{landing}/outbound/payments_*.csv');
    create table fact.agent_activity as
    select distinct on ("Agent", "Date", "Channel") *
    from read_csv('{landing}/activity/*.csv');
    """)
rows = con.execute("""
select channel, strftime(month, '%Y-%m'),
    count(*) filter (outcome = 'answered'
        and wait_seconds <= case channel when 'phone' then 20 else 300 end),
    count(*) filter (outcome in ('answered', 'abandoned'))
from fact.contacts group by all order by all
""").fetchall()
con.close()
print(json.dumps({f"{channel} {month}": figures for channel, month, *figures in rows}))
