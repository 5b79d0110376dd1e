-- Whether a dated row of the register holds on a day: from its first day to its last, both included;
-- open where no last day is set. Stated once, for every join with a policy, weight or formula.

create macro is_in_force(day, valid_from, valid_to) as
    day between valid_from and coalesce(valid_to, date '9999-12-31');

-- From when or until when it is, where the home's months begin or end within a period; '' where it
-- holds all of its own.
create macro cut_short(period_begin, period_end, first_month, last_month) as
    concat_ws(
        ', ',
        if(first_month > period_begin, 'from ' || strftime(first_month, '%Y-%m'), null),
        if(
            last_month < date_trunc('month', period_end),
            'until ' || strftime(last_month, '%Y-%m'),
            null
        )
    );

-- A period is counted by the rows in force when it ends: from when these are, where the last change
-- before its end lies within it; '' where there is none.
create macro held_since(what, changed_on, period_begin) as
    if(
        changed_on > period_begin,
        '; by the ' || what || ' in force from ' || strftime(changed_on, '%Y-%m-%d'),
        ''
    );
