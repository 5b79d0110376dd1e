-- What the statements of restatement share: names that the tables of both versions have in common.

-- a month has its year in its name, a quarter has not
create or replace temp macro dated(year, period) as
    if(length(period) = 7, period, year || '-' || period);

create or replace temp macro metric_figure(metric_id, channel, service) as
    'metric:' || metric_id || coalesce(' ' || channel, '') || coalesce(' ' || service, '');
