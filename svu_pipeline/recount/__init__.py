"""Every figure a second time: in plain Python from the accepted rows, written from counting.md alone.

Nothing of facts/ or metrics/ is used but the reference tables, which are data. Slow and plain on purpose: one loop a rule, so
that a rule can be read beside its sentence. Who is who is taken as linked: the linking has its own measures.
"""
