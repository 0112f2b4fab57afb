"""Killer rows, one module a source: for each rule of a contract a good row with one cell wrong."""
