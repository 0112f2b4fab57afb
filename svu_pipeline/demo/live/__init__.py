"""The demonstration force's systems as live ones on this machine: an API, an SFTP server, a database.

Each serves the extract folder that `svu demo` wrote, listens on 127.0.0.1 alone, and is there to be read from.
"""
