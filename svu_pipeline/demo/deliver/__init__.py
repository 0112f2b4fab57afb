"""How each system tells what happened: its records, with the planted defects noted in the ledger."""
