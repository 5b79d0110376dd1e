-- The interval beside a share, at 95 %: Wilson, "Probable inference, the law of succession, and
-- statistical inference", JASA 22 (1927). The denominator is the number of cases; of a mean of
-- scores in 0..1 the true interval is narrower, because scores vary less than yes and no do.
-- Null where nothing was counted, or where the two are no share.

-- the bound on the side of z: +1.959964 the upper, -1.959964 the lower
create macro wilson_bound(numerator, denominator, z) as case
    when denominator > 0 and numerator between 0 and denominator
        then (
            cast(numerator as double) + z * z / 2
            + z * sqrt(
                cast(numerator as double) * cast(denominator - numerator as double)
                / cast(denominator as double) + z * z / 4
            )
        ) / (cast(denominator as double) + z * z)
end;

-- none of all is exactly 0, and all of all exactly 1, whatever the last bit of a root
create macro wilson_lower(numerator, denominator) as case
    when denominator > 0 and numerator = 0 then 0.0::double
    else wilson_bound(numerator, denominator, -1.959964::double)
end;

create macro wilson_upper(numerator, denominator) as case
    when denominator > 0 and numerator = denominator then 1.0::double
    else wilson_bound(numerator, denominator, 1.959964::double)
end;
