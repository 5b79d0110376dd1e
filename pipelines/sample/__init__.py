"""Synthetic exports of one year, in the shapes in which real systems hand theirs out.

Belongs here: the printed cells the sample must show, a plausible centre around them, and the
normal dirt of exports. Does not belong here: any rule of kring; the sample only writes files,
and nothing of kring is imported, so that it can serve as a measure.
Every name, number and identifier is made up.
"""
