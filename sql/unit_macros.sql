-- What a quotient is told in: percentage points, but for seconds and plain numbers.
create macro scale_of(unit) as if(unit in ('seconds', 'number'), 1, 100);
