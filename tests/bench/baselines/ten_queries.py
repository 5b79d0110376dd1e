"""An analyst's ten questions to one database: `ten_queries.py DATABASE`.

They read the same on a published database and on hand-made tables. Prints seconds and the
answers' digests as JSON.
"""

import hashlib
import json
import sys
import time
from decimal import Decimal

import duckdb

QUERIES = (
    "select channel, month, count(*) filter (outcome = 'answered' and wait_seconds <= "
    "case channel when 'phone' then 20 else 300 end), count(*) "
    "from fact.contacts where outcome in ('answered', 'abandoned') group by all order by all",
    "select local_date, count(*), count(*) filter (outcome = 'abandoned') "
    "from fact.contacts group by all order by all",
    "select queue, month, round(avg(talk_seconds), 2) from fact.contacts "
    "where outcome = 'answered' group by all order by all",
    "select month, quantile_disc(wait_seconds, [0.5, 0.9, 0.99]) from fact.contacts "
    "where channel = 'phone' group by all order by all",
    "select channel, queue, count(*) from fact.contacts "
    "where local_date between '2024-11-04' and '2024-11-08' group by all order by all",
    "select local_date, outcome, wait_seconds from fact.contacts "
    "where contact_id = (select max(contact_id) from fact.contacts where channel = 'phone')",
    "select count(*), max(contacts) from (select agent_key, count(*) as contacts "
    "from fact.contacts where outcome = 'answered' group by all)",
    "select service, month, round(avg(score / scale_max), 6), count(*) "
    "from fact.survey_responses where status = 'completed' group by all order by all",
    "select campaign, month, count(*), count(distinct case_id) from fact.outbound_attempts "
    "group by all order by all",
    "select cases.campaign, count(*), sum(payments.amount) from fact.payments as payments "
    "join fact.outbound_cases as cases using (case_id) group by all order by all",
)

con = duckdb.connect(sys.argv[1], read_only=True)
seconds, digests = [], []
for query in QUERIES:
    began = time.perf_counter()
    rows = con.execute(query).fetchall()
    seconds.append(round(time.perf_counter() - began, 4))
    # 3 and 3.000 are one answer
    plain = [[float(v) if isinstance(v, (int, Decimal)) else v for v in row] for row in rows]
    digests.append(hashlib.sha256(json.dumps(plain, default=str).encode()).hexdigest()[:12])
print(json.dumps({"seconds": seconds, "digests": digests}))
