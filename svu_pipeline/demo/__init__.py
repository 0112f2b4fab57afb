"""A synthetic force: ten source systems of three generated years, and the truth about them.

What belongs here: what happened (`plan`), how each system tells it, defects included (`deliver`), and the
bytes (`write`). What does not: anything of the pipeline, which in turn knows nothing of the demo.
All people are generated; nobody is real.
"""
