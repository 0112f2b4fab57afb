"""4. Who is who: records of one person joined, and the keyed id under which the person leaves the restricted zone."""
