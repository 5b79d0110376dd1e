-- What the rules of reconciliation share: the one rounding, the one spelling, names of periods.

-- half up in decimal; ten places swallow the last bit of a double, so 86.285 is 86.29;
-- null where a number is too large for any report
create or replace macro half_up(value, places) as cast(
    sign(value) * floor(
        abs(try_cast(value as decimal(28, 10))) * cast(power(10, places) as decimal(7, 0)) + 0.5
    )
    as decimal(28, 0)
) * cast(power(10, -places) as decimal(7, 6));

-- a number with the decimals of its place
create or replace macro shown(value, places) as
    rtrim(left(cast(half_up(value, places) as text) || ' ', cast(places as integer) - 7), '.');

-- whether rounding of the parts and of the result alone can account for the difference
create or replace macro agrees(one, other, places) as
    abs(try_cast(one as decimal(28, 10)) - try_cast(other as decimal(28, 10))) <= power(10, -places);

create or replace macro equals(one, other, places) as half_up(one, places) = half_up(other, places);

-- a period in words: the year alone is the year
create or replace macro spoken(period) as regexp_replace(period, '-Y$', '');

create or replace macro quoted_words(words) as '"' || words || '"';

-- the last month of a period's name after the year; null: no period of kring's
create or replace macro last_month(part) as case
    when part = 'Y' then 12
    when regexp_full_match(part, 'S[12]') then try_cast(right(part, 1) as integer) * 6
    when regexp_full_match(part, '(YTD-)?Q[1-4]') then try_cast(right(part, 1) as integer) * 3
    when regexp_full_match(part, '0[1-9]|1[0-2]') then try_cast(part as integer)
end;

-- the node of whom all others are parts, whatever a home calls it
create or replace macro organisation_key(nodes_table := 'ref.nodes') as (
    select 'node:' || min(node_id) from query_table(nodes_table) where level = 'organisation'
);

-- what a sentence or a name is about: its longer words, those of several things as of one
create or replace macro long_words(words) as list_transform(
    list_filter(string_split_regex(lower(words), '\W+'), lambda word: length(word) > 6),
    lambda word: rtrim(word, 's')
);
