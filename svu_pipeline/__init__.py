"""The way a record goes, each step a folder and a Dagster group of the same name:

sources      where each system is and how it is read, over files, databases, an API or SFTP: rows leave as text
landing      what arrived, untouched: fetched, compared with its control totals, committed as a batch by its manifest
contracts    what a record must look like: cast, checked, held with reasons, decided upon, stood by version
people       who is who: records of one person joined, under a keyed id
facts        one .sql per fact table
metrics      what each figure is, the contributions behind it, its values
quality      how far to rely on them: where sources stand, every check's history, what held rows could move
publication  the review, the page, the analysts' database
release      what leaves the force: one folder, signed off by two people, checked by anyone

`kept.py` runs it layer by layer into files, `strike.py` in one session as known at any instant; `demo/` is a synthetic force.
"""
