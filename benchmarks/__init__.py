"""Speed and memory as ratios, each side a cold process, measured in turn in one run: `python -m benchmarks.run`."""
