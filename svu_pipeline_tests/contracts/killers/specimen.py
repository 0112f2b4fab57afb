"""What a killer row is made from: a good row, and for each rule the one text that breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = Mapping[str, str | None]

SURNAME, FORENAMES, BORN_ON, POSTCODE = "Quillfeather", "Zebedee Ptolemy", "1987-06-05", "CM99 9ZX"
PNC_ID = "2002/0073319Z"
PERSONAL = (SURNAME, FORENAMES, BORN_ON, POSTCODE, PNC_ID)
"""Values of an invented person that stand in every good row with such a column, to be looked for where none may be."""

MANGLED = "1.23E+11"
"""What a spreadsheet makes of a long number that was a reference."""

PERSON: Row = {"pnc_id": PNC_ID, "surname": SURNAME, "forenames": FORENAMES, "date_of_birth": BORN_ON}


@dataclass(frozen=True)
class Specimen:
    """A good row of a dataset and how to spoil it, one cell at a time.

    `killers` maps the name of a rule to the text that breaks it when it stands in the column that the rule speaks of;
    a column that is not named in `good` is empty. `twin` are cells by which a second row of the same key and order
    differs: the two together break `conflicting_duplicate`. `defects` are the reasons of rows that could not be taken
    apart, which have no cell at all.
    """

    dataset: str
    good: Row
    killers: Mapping[str, str | None]
    twin: Row = field(default_factory=dict)
    defects: tuple[str, ...] = ()
