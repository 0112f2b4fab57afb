"""Faults: the process killed anywhere, the disk full or failing, files damaged, two nights at once.

SIGKILL does not lose the page cache. What these tests show of a kill holds for a process that dies, not for a power cut.
"""
