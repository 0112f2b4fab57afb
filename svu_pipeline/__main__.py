"""`python -m svu_pipeline` is `svu`."""

from svu_pipeline.cli import main

main()
