-- Helpers for the select of a source: what a select must compare, subtract or look up.
-- They are there wherever a source runs; write them as if they were SQL's own.
--
-- Converting is not their work. A time, number or duration that a select only hands on is best
-- returned as it stands ("Entered" as entered_at): kring converts it by the header and rejects
-- the one row that does not fit. No helper ever fails: what it cannot read becomes null, so
-- that one bad row does not cost the file. Return the text beside what was computed from it,
-- and the bad row is still rejected where the text is read.

-- trimmed(text): without blanks, tabs, line ends and no-break spaces around it.
-- clean(text): trimmed; null where nothing is left, or where it is one of the given spellings.
--   clean('  A-17 ')            -> 'A-17'
--   clean('')                   -> null
--   clean(' - ', ['-', 'N/A'])  -> null
create or replace macro trimmed(text) as
    trim(text, chr(9) || chr(10) || chr(13) || chr(32) || chr(160) || chr(8239));
create or replace macro clean(text, nulls := ['']) as
    case
        when trimmed(text) <> '' and not list_contains(nulls, trimmed(text)) then trimmed(text)
    end;

-- number_of(text, mark): a number by its decimal mark ('.' unless said), as decimal(32, 12).
-- A grouping mark is believed only where it cannot be a decimal mark, as in conversion.
--   number_of('12.5')            -> 12.5
--   number_of('1.234,5', ',')    -> 1234.5
--   number_of('1.234', ',')      -> null    (ambiguous)
--   number_of('1704070079599')   -> 1704070079599    (milliseconds since 1970)
--   number_of('1.2345678E7')     -> 12345678    (as Java writes it, by either mark)
create or replace macro number_of(text, mark := '.') as
    case
        when regexp_full_match(trimmed(text), '[+-]?[0-9]\.[0-9]+E-?[0-9]{1,2}')
        then try_cast(trimmed(text) as decimal(32, 12))
        when regexp_full_match(
            if(mark = ',', translate(trimmed(text), '.,', ',.'), trimmed(text)),
            '[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+|[1-9][0-9]{0,2}'
            || '((,[0-9]{3}){2,}(\.[0-9]+)?|,[0-9]{3}\.[0-9]+))'
        )
        then try_cast(
            replace(
                if(mark = ',', translate(trimmed(text), '.,', ',.'), trimmed(text)), ',', ''
            ) as decimal(32, 12)
        )
    end;

-- in_units(text): days, hours, minutes and seconds, each as written, of a duration that names its
-- units, in English, Indonesian or as ISO 8601; '' where a unit is not there.
--   in_units('1h 2m 3.5s')
--       -> {'sign': '', 'days': '', 'hours': '1', 'minutes': '2', 'seconds': '3.5'}
create or replace macro in_units(text) as
    regexp_extract(
        trimmed(text),
        '(?i)^([+-]?)(?:PT|P?([0-9]{1,6}) ?(?:d|days?|hari)(?:,? ?|T))?'
        || '(?:([0-9]{1,9}) ?(?:h|hrs?|hours?|jam))?'
        || '(?:,? ?([0-9]{1,9}) ?(?:m|mins?|minutes?|menit|mnt))?'
        || '(?:,? ?([0-9]{1,9}(?:[.,][0-9]{1,9})?) ?(?:s|secs?|seconds?|detik|dtk))?$',
        ['sign', 'days', 'hours', 'minutes', 'seconds']
    );

-- seconds_of(text, mark): a duration in seconds, from h:mm:ss (also of days), mm:ss, :ss, units or
-- a number of seconds.
--   seconds_of('0:07:02')    -> 422
--   seconds_of('7m 2s')      -> 422
--   seconds_of('PT7M2S')     -> 422
--   seconds_of('1 day 2 hours') -> 93600
--   seconds_of(':25')        -> 25
--   seconds_of('7:02.5')     -> 422.5
--   seconds_of('12,345', ',')-> 12.345
--   seconds_of('1 day, 2:03:04') -> 93784
--   seconds_of('0:61:00')    -> null
--   seconds_of('45 d')       -> null    (days, or detik, which are seconds)
create or replace macro seconds_of(text, mark := '.') as
    case
        when contains(trimmed(text), ':')
        then case
            when regexp_full_match(
                trimmed(text),
                '(?i)([+-]?([0-9]{1,6}:[0-5]?[0-9]|[0-9]{0,9})'
                || '|[0-9]{1,6} ?(days?|hari),? [0-9]{1,2}:[0-5]?[0-9])'
                || ':[0-5]?[0-9]([.,][0-9]{1,9})?'
            )
            -- what follows uses a part several times: in a list of one it is worked out once
            then cast(list_transform(
                [string_split(ltrim(trimmed(text), '+-'), ':')],
                lambda parts: coalesce(
                    try_cast(regexp_extract(parts[-3], '^([0-9]+) ?[a-zA-Z]', 1) as bigint), 0
                ) * 86400
                + coalesce(try_cast(regexp_extract(parts[-3], '[0-9]+$') as bigint), 0) * 3600
                + coalesce(try_cast(parts[-2] as bigint), 0) * 60
                + try_cast(replace(parts[-1], ',', '.') as decimal(12, 3))
            )[1] * if(trimmed(text) like '-%', -1, 1) as decimal(18, 3))
        end
        when regexp_full_match(trimmed(text), '(?i)[+-]?0*[1-9][0-9]* ?d,?') then null
        when regexp_matches(trimmed(text), '[A-Za-z]')
        then cast(list_transform(
            [in_units(text)],
            lambda parts: case
                when concat(
                    parts['days'], parts['hours'], parts['minutes'], parts['seconds']
                ) <> ''
                then if(parts['sign'] = '-', -1, 1) * (
                    coalesce(try_cast(parts['days'] as bigint), 0) * 86400
                    + coalesce(try_cast(parts['hours'] as bigint), 0) * 3600
                    + coalesce(try_cast(parts['minutes'] as bigint), 0) * 60
                    + coalesce(
                        try_cast(replace(parts['seconds'], ',', '.') as decimal(12, 3)), 0
                    )
                )
            end
        )[1] as decimal(18, 3))
        else try_cast(number_of(text, mark) as decimal(18, 3))
    end;

-- english_dates(text, words): names of months and days that `times` and local_time do not read,
-- which are the Indonesian ones and `Sept`, as the English ones that they do; of another language,
-- and of AM and PM in it, by a map of its words in lower case. The rest stays as it is.
--   english_dates('Senin, 5 Agustus 2024 08:15')   -> 'Monday, 5 August 2024 08:15'
--   english_dates('17-Agt-24')                     -> '17-Aug-24'
--   english_dates('5 Août 2024', map {'août': 'August'})        -> '5 August 2024'
--   english_dates('2024/8/5 下午 2:03', map {'下午': 'PM'})      -> '2024/8/5 PM 2:03'
create or replace macro english_dates(text, words := map {'': ''}) as
    array_to_string(
        list_transform(
            regexp_extract_all(cast(text as varchar), '[\p{L}\p{M}'']+|[^\p{L}\p{M}'']+'),
            lambda word: coalesce(
                words[nfc_normalize(lower(word))],
                map {
                    'januari': 'January', 'februari': 'February', 'pebruari': 'February',
                    'maret': 'March', 'mei': 'May', 'juni': 'June', 'juli': 'July',
                    'agustus': 'August', 'oktober': 'October', 'nopember': 'November',
                    'desember': 'December', 'peb': 'Feb', 'agu': 'Aug', 'agt': 'Aug',
                    'ags': 'Aug', 'sept': 'Sep', 'okt': 'Oct', 'nop': 'Nov', 'des': 'Dec',
                    'senin': 'Monday', 'selasa': 'Tuesday', 'rabu': 'Wednesday',
                    'kamis': 'Thursday', 'jumat': 'Friday', 'jum''at': 'Friday',
                    'sabtu': 'Saturday', 'minggu': 'Sunday', 'ahad': 'Sunday', 'sen': 'Mon',
                    'sel': 'Tue', 'rab': 'Wed', 'kam': 'Thu', 'jum': 'Fri', 'sab': 'Sat',
                    'min': 'Sun'
                }[lower(word)],
                word
            )
        ),
        ''
    );

-- local_time(text, format): a time without a zone, by a format or a list of formats. A leading zero
-- may be missing, but not between numbers that nothing parts: 10515 is 1:05:15, and the engine takes
-- it for 10:51:05. So what was read of a longer run of digits must be written as the run is.
--   local_time('31/01/2024 8:02:42', '%d/%m/%Y %H:%M:%S')     -> 2024-01-31 08:02:42
--   local_time('20240131 10515', '%Y%m%d %H%M%S')             -> null
--   local_time("Date" || ' ' || "Time", '%m/%d/%Y %I:%M:%S %p')
-- parsed(text, format): the same without that comparison.
--   parsed('20240131 10515', '%Y%m%d %H%M%S')                 -> 2024-01-31 10:51:05
create or replace macro parsed(text, format) as
    coalesce(
        try_strptime(trimmed(text), format),
        try_strptime(translate(trimmed(text), chr(160) || chr(8239), '  '), format)
    );
create or replace macro local_time(text, format) as
    case
        when not regexp_matches(cast(format as varchar), '%[A-Za-z]%[A-Za-z]')
            or contains(cast(format as varchar), '%z')
            or list_has_all(
                regexp_extract_all(
                    strftime(parsed(text, format), cast(format as varchar)), '[0-9]{3,}'
                ),
                regexp_extract_all(regexp_replace(trimmed(text), '[.][0-9]+$', ''), '[0-9]{3,}')
            )
        then parsed(text, format)
    end;

-- instant(text): a moment on the world's clock, from ISO 8601 text. Text without a zone is
-- read in the source's `timezone`.
--   instant('2024-01-31T01:15:02.120Z')
--   seconds_between(instant(requested_at), instant(first_reply_at))
create or replace macro instant(text) as
    case
        when regexp_matches(trimmed(text), '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}')
        then try_cast(trimmed(text) as timestamptz)
    end;

-- from_epoch(text), from_epoch_ms(text): a moment from seconds or milliseconds since 1970.
-- Only to compute with: a column handed on is converted by `times: epoch` or `epoch_ms`.
--   from_epoch('1706663702')  -> 2024-01-31 01:15:02 UTC
create or replace macro from_epoch(text) as
    case
        when regexp_full_match(trimmed(cast(text as varchar)), '[0-9]{1,10}(\.[0-9]+)?')
        then timezone(
            'UTC',
            make_timestamp(
                cast(cast(trimmed(cast(text as varchar)) as decimal(24, 6)) * 1000000 as bigint)
            )
        )
    end;
create or replace macro from_epoch_ms(text) as
    case
        when regexp_full_match(trimmed(cast(text as varchar)), '[0-9]{1,13}')
        then timezone('UTC', make_timestamp(cast(trimmed(cast(text as varchar)) as bigint) * 1000))
    end;

-- seconds_between(start, stop): seconds with milliseconds between two times of one sort.
-- Negative where the second lies before the first.
--   seconds_between(timestamp '2024-01-31 23:59:50', timestamp '2024-02-01 00:00:10.5') -> 20.5
create or replace macro seconds_between(start, stop) as
    cast(
        try_cast(
            cast(epoch_us(stop) as hugeint) - cast(epoch_us(start) as hugeint) as decimal(18, 0)
        ) * 0.000001 as decimal(18, 3)
    );

-- clock_between(start, stop): seconds between two clock texts of one call, h:mm:ss or h:mm, also
-- with AM or PM. More than twelve hours back means that midnight lay between; a second or two
-- back stays negative. Null of what is no clock, and of numbers: as seconds, 93120 would lie 105
-- after 93015, and as clocks 65.
--   clock_between('13:56:45', '13:57:02')  -> 17
--   clock_between('13:56', '13:58')        -> 120    (a clock, and no minutes and seconds)
--   clock_between('56:45', '57:02')        -> null   (no clock has 56 hours)
--   clock_between('56:45.0', '57:02.0')    -> 17     (a fraction is of a second)
--   clock_between('11:59:50 AM', '12:00:10 PM')  -> 20
--   clock_between('23:59:50', '0:00:10')   -> 20
--   clock_between('8:00:02', '8:00:01')    -> -1
create or replace macro clock_between(start, stop) as
    list_transform(
        [
            list_transform(
                [
                    regexp_extract(
                        trimmed(clock),
                        '(?i)^([0-9]{1,2}):([0-5]?[0-9])(?::([0-5]?[0-9]))?([.,][0-9]{1,9})?'
                        || '[\s\x{a0}\x{202f}]*(?:([ap])\.?[\s\x{a0}\x{202f}]?m\.?)?$',
                        ['first', 'second', 'third', 'fraction', 'half']
                    )
                    for clock in [start, stop]
                ],
                lambda part: case
                    when part['third'] = '' and part['fraction'] <> '' and part['half'] = ''
                    then 60 * cast(part['first'] as integer)
                        + cast(
                            part['second'] || replace(part['fraction'], ',', '.') as decimal(12, 3)
                        )
                    when try_cast(part['first'] as integer) <= case
                        when part['half'] <> '' then 12
                        when part['third'] = '' then 24
                        else 99
                    end
                    then 3600 * if(
                        part['half'] = '',
                        cast(part['first'] as integer),
                        cast(part['first'] as integer) % 12 + if(lower(part['half']) = 'p', 12, 0)
                    )
                    + 60 * cast(part['second'] as integer)
                    + cast(
                        '0' || part['third'] || replace(part['fraction'], ',', '.')
                        as decimal(12, 3)
                    )
                end
            )
        ],
        lambda clocks: clocks[2] - clocks[1]
            + if(clocks[2] - clocks[1] < -43200, 86400, 0)
    )[1];

-- mapped(code, codes): the word that a map gives for a code; null for a code it lacks. Codes
-- are compared trimmed and otherwise as written.
-- unmapped(code, codes, rule): null where the map has the code, else the name of a rule, to be
-- returned as _reject (a name of letters and underscores).
--   mapped("Status", map {'OK': 'answered', 'HANG': 'abandoned'}) as outcome
--   unmapped("Status", map {'OK': 'answered', 'HANG': 'abandoned'}, 'unknown_status') as _reject
-- Write the map once: `with codes as (select map {...} as outcomes) ... from export, codes`.
create or replace macro mapped(code, codes) as codes[clean(cast(code as varchar))];
create or replace macro unmapped(code, codes, rule := 'unknown_code') as
    case when codes[clean(cast(code as varchar))] is null then rule end;

-- one_instant(local, zone): the moment of a local time; null where a change of clocks skips or
-- repeats it.
-- in_zone(text, zone, format): local text of a zone that stands in the file, as UTC text.
-- What has no one instant there (or is no time) comes back with the zone behind it, which
-- conversion rejects as not_a_time. An unknown zone refuses the file.
--   one_instant(timestamp '2024-11-03 01:30:00', 'America/Denver')  -> null
--   in_zone('2024-01-31 08:15:02', 'America/Denver')  -> '2024-01-31T15:15:02.000Z'
--   in_zone('2024-03-10 02:30:00', 'America/Denver')  -> '2024-03-10 02:30:00 America/Denver'
create or replace macro one_instant(local, zone) as
    case
        -- the usual day, on which and around which no clock is changed
        when timezone(zone, timezone(zone, local) + interval 24 hours) = local + interval 24 hours
            and timezone(zone, timezone(zone, local) - interval 24 hours)
                = local - interval 24 hours
        then timezone(zone, local)
        -- by the offsets before and after: some clocks are changed by half an hour or by two
        when len(list_distinct(list_filter(
            list_transform(
                [-24, 24],
                lambda hours: timezone('UTC', local) - (
                    timezone(zone, timezone(zone, local) + to_hours(hours))
                    - timezone('UTC', timezone(zone, local) + to_hours(hours))
                )
            ),
            lambda moment: timezone(zone, moment) = local
        ))) = 1
        then timezone(zone, local)
    end;
create or replace macro in_zone(text, zone, format := '%Y-%m-%d %H:%M:%S') as
    coalesce(
        strftime(
            timezone('UTC', one_instant(try_strptime(trimmed(text), format), zone)),
            '%Y-%m-%dT%H:%M:%S.%gZ'
        ),
        nullif(trimmed(text), '') || ' ' || zone
    );

-- json_text(json, path): one value of a nested column as text; null where there is none.
-- json_list(json, path): an array of it, for unnest; an empty list where there is none.
--   json_text("Queue", '$.Name')
--   select _row, unnest(json_list(participants)) as participant from export
create or replace macro json_text(json, path) as
    case
        when json_valid(cast(json as varchar)) then json_extract_string(cast(json as varchar), path)
    end;
create or replace macro json_list(json, path := '$') as
    cast(
        case
            when json_valid(cast(json as varchar))
            then json_extract(cast(json as varchar), path || '[*]')
            else []
        end as json[]
    );
