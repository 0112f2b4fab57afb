"""What the benchmarks start: each module is one process, run as `python -m benchmarks.processes.<name>`."""
