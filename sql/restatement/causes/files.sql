-- title: A file came, went or was read anew
select period, basis, figure, precedence, cause
from moved_by_files
