"""The groups of commands of `svu`, one file each; `cli.py` puts them together."""
