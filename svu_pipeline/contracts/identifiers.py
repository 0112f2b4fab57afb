"""Identifiers of people and cases in canonical form, by their check rules (sources.md, Identifiers).

Here: PNC id, CRO number, arrest/summons number and case number as plain functions of one text. Not here: the casting of
a whole column (`casting.sql`, which knows the PNC id alone; a test holds the two to the same answer). CRO and ASN stand
in no column of the ten sources: they are for forces whose own extracts carry them.

Every function takes text as delivered and gives the canonical form, or None where the text is not of the form or its
check letter does not hold. Blanks around it and lower case are forgiven, nothing else.
"""

from __future__ import annotations

import re

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
"""The letter for each remainder of a division by 23; I, O and S are left out for their likeness to digits."""

LAST_YEAR_OF_2000S = 26
"""Two-digit years above this one are of the 1900s: a fixed pivot, so that a text never changes its meaning."""

_BLANKS = " \t\n\r\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\ufeff"
"""What is trimmed: the same as `plain` in casting.sql."""

_PNC_ID = re.compile(
    r"(?:(?P<year>[0-9]{4})/(?P<serial>[0-9]{7})|(?P<yy>[0-9]{2})/(?P<short>[0-9]{1,7}))(?P<letter>[A-Z])"
)
_CRO = re.compile(r"(?P<serial>[0-9]{1,6})/(?P<yy>[0-9]{2})(?P<letter>[A-Z])")
_CRO_SMALL_FILE = re.compile(r"SF(?P<yy>[0-9]{2})/(?P<serial>[1-9][0-9]{0,5})(?P<letter>[A-Z])")
_ASN = re.compile(
    r"(?P<yy>[0-9]{2})(?P<force>[0-9A-Z]{2})(?P<unit>[0-9A-Z]{2})(?P<system>[0-9A-Z]{2})"
    r"(?P<sequence>[0-9]{11})(?P<letter>[A-Z])"
)
_URN = re.compile(r"[A-Z0-9]{4}[0-9]{7}")


def pnc_id(text: str) -> str | None:
    """A Police National Computer id as `YYYY/NNNNNNNX`; the short form `YY/N…X` is the same person.

    The check letter is that of the two-digit year followed by the serial padded to seven.
    """
    parts = _PNC_ID.fullmatch(_plain(text))
    if not parts:
        return None
    year = parts["year"] or _full_year(parts["yy"])
    serial = (parts["serial"] or parts["short"]).zfill(7)
    return _if_checked(f"{year}/{serial}", parts["letter"], year[2:] + serial)


def cro_number(text: str) -> str | None:
    """A Criminal Records Office number as `NNNNNN/YYX`, or of a small file `SFYY/N…X`, whose serial is not padded.

    The check letter is that of the two-digit year followed by the serial, padded to six in the first form only.
    """
    plain = _plain(text)
    if parts := _CRO.fullmatch(plain):
        serial = parts["serial"].zfill(6)
        return _if_checked(f"{serial}/{parts['yy']}", parts["letter"], parts["yy"] + serial)
    if parts := _CRO_SMALL_FILE.fullmatch(plain):
        return _if_checked(f"SF{parts['yy']}/{parts['serial']}", parts["letter"], parts["yy"] + parts["serial"])
    return None


def arrest_summons_number(text: str) -> str | None:
    """An arrest/summons number `YYFFUUSSnnnnnnnnnnnX`: year, force, unit, system, sequence of eleven, check letter.

    The check letter is that of force and system, each only where it is digits, then the year, then the sequence.
    """
    parts = _ASN.fullmatch(_plain(text))
    if not parts:
        return None
    codes = [code for code in (parts["force"], parts["system"]) if code.isdigit()]
    body = "".join(parts[name] for name in ("yy", "force", "unit", "system", "sequence"))
    return _if_checked(body, parts["letter"], "".join(codes) + parts["yy"] + parts["sequence"])


def case_number(text: str) -> str | None:
    """A unique reference number (URN) of a case, eleven characters; one case may have several defendants."""
    plain = _plain(text)
    return plain if _URN.fullmatch(plain) else None


def _plain(text: str) -> str:
    return text.strip(_BLANKS).upper()


def _full_year(two_digits: str) -> str:
    return ("19" if int(two_digits) > LAST_YEAR_OF_2000S else "20") + two_digits


def _if_checked(body: str, letter: str, digits: str) -> str | None:
    """The number with its letter, if that is the one which its digits ask for."""
    return body + letter if CHECK_LETTERS[int(digits) % len(CHECK_LETTERS)] == letter else None
