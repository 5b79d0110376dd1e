"""The performance report: one self-contained HTML page of a year, in Indonesian and English.

`reading` takes the figures from a published database, `page` puts them into words, tables and
drawings, `writing` lays the files into a version. Counting is not done here.
"""
