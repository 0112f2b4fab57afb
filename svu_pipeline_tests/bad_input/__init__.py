"""Bad input: every row of the catalogue (`faults.md`, B01 to B86) in real bytes, fuzz of every reader, properties."""
