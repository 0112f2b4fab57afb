"""Whose figures a sentence speaks of when it is not the unit's: other forces, the nation, the force as a whole."""

from __future__ import annotations

import re

_OTHERS = re.compile(
    r"\b(?:(?:Kent|Suffolk|Norfolk|Hertfordshire|Cambridgeshire|Bedfordshire|Surrey|Sussex|Hampshire|Northumbria|Merseyside|Greater Manchester|West Midlands|Thames Valley|Metropolitan|City of London|British Transport|Lincolnshire|Dorset|Devon and Cornwall|Avon and Somerset) (?:Police|Constabulary)"
    r"|the Met\b|Kent(?:’s|'s)? (?:force|officers|counterparts)|neighbouring (?:force|county|Kent|Suffolk)\w*|other forces|another force"
    r"|nation(?:al|ally|wide)\b(?! referral| crime agency)|across (?:the country|England|Britain|the UK|the nation)|England and Wales|in the UK|UK-wide|(?:the )?Home Office figures|National Crime Agency|the NCA\b|Border Force"
    r"|force[- ]wide|(?:the )?(?:whole )?force as a whole|whole of Essex Police|Essex Police as a whole|across the (?:whole )?force|the rest of the force|all forces|county(?:-| )wide|in the whole of Essex|ambulance|hospitals?)\b",
    re.IGNORECASE,
)


def others_in(text: str, previous: str) -> str:
    """Whose figures they are that a text speaks of, in its own words; '' where they are the unit's or it is not said.

    A sentence that goes on about the same others (`It arrested …`) is told by the one before it.
    """
    if match := _OTHERS.search(text):
        return match[0]
    goes_on = re.match(r"\s*(?:It|They|There|Its|Their)\b(?! (?:unit|team))", text)
    match = _OTHERS.search(previous) if goes_on else None
    return match[0] if match else ""
