-- title: A check, a closing or a state is another
select period, basis, figure, precedence, cause
from moved_by_states
