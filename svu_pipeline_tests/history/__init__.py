"""Years of nights: what is late, put right or taken back, what goes wrong, and what the clock does."""
