"""5. One .sql per fact table; its opening comment says what a row is, which rows it has, and what each column means."""
