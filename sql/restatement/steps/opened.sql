-- title: Figures of periods that were opened: they take in what was held out, whenever it came
-- grain: one row per figure, period and basis
select distinct period, basis, figure from pairs where kind = 'closing' and not is_new
