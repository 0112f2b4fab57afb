"""2. What arrived, untouched: immutable batches, each with the bytes as received, rows as text and a manifest."""
