"""Security (faults.md, S01 to S23): what no night may tell, run, open or fetch."""
