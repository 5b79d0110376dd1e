-- title: More or fewer rows of a file count, told where nothing says why
select period, basis, figure, 3 as precedence, cause
from recounted
