-- title: More or fewer rows of a file count, told where nothing says why
select period, basis, figure, 5 as precedence, cause
from recounted
