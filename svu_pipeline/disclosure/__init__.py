"""Disclosure control: nothing that leaves the force lets a reader work out a small count of people, alone or with all before.

`policy` says what is protected, `cells` reads the numbers of a document, `suppress` chooses what is hidden, `protect` hides
it; `statements`, `register` and `guard` look after everything that was ever published.
"""
