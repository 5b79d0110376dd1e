-- title: A check, a closing or a state is another
from moved_by_states
