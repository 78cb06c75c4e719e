"""Imports: a file is read and checked as a whole beside the store, merged in short writes, shown at once.

source.py      what a source's files look like: encoding, dates, amounts, numbers
cells.py       one cell -> a value, or the reason why not
columns.py     a header and its columns -> a fast row parser
customers.py … one file a kind: its columns, its key, its checks across rows, where its rows go
stage.py       a CSV -> the side file, sorted
merge.py       the side file -> the store, in transactions of a few milliseconds
good_rows.py   bad rows out of the side file, each with what belongs with it; compare.py: what a merge would do
record.py      the attempt as the store knows it: progress, refused rows, outcome
task.py, beginning.py, run.py   all of it, from a path to a published batch
"""
