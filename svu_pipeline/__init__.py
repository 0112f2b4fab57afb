"""The way a record goes, each step a folder and a Dagster group of the same name:

sources      how each system is read: rows leave as text
landing      what arrived, untouched: batches, each committed by its manifest
contracts    what a record must look like: cast, checked, held with reasons, stood by version
people       who is who: records of one person joined, under a keyed id
facts        one .sql per fact table
metrics      what each figure is, the contributions behind it, its values
publication  the review, the page, the analysts' database

`kept.py` runs it layer by layer into files, `strike.py` in one session as known at any instant; `demo/` is a synthetic force.
"""
