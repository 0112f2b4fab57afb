"""Live sources: real servers on this machine, well behaved and misbehaving (faults.md)."""
