-- Whether a dated row of the register holds on a day: from its first day to its last, both included;
-- open where no last day is set. Stated once, for every join with a policy, weight or formula.

create macro is_in_force(day, valid_from, valid_to) as
    day between valid_from and coalesce(valid_to, date '9999-12-31');
