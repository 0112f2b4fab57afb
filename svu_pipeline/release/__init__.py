"""Release: what leaves the force, made whole, signed by two people, locked until its time, and checked by anyone."""
