"""Contracts of source 10, public police data (sources.md, 10): public context, no key, never joined to a person.

Identical rows are real here and stay; nothing is required, so nothing but a ragged line is held.
"""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import DISTRICTS
from svu_pipeline.contracts.model import Action, Contract, Kind, field, rule
from svu_pipeline.sources import defects

LSOA_SUFFIX = r" [0-9]{3}[A-Z]$"
"""The name of a lower layer super output area is its district's name and this."""

LAST_LSOA_OF_2011 = "E01033768"
"""Codes of lower layer super output areas are given in order, and never again (ONS, Code History Database)."""

LATITUDE, LONGITUDE = r"^(49|5[0-9]|60)(\.[0-9]+)?$", r"^(-[0-8]|[01])(\.[0-9]+)?$"
"""Degrees within Great Britain, in words that a number is written with."""


def is_in_britain() -> nw.Expr:
    """Latitude and longitude, where both are given, are of Great Britain."""
    return nw.col("latitude").str.contains(LATITUDE) & nw.col("longitude").str.contains(LONGITUDE)


class StopAndSearch(pandera.DataFrameModel):
    """One stop and search as published."""

    type: str = field(Kind.TEXT, "Person or vehicle")
    datetime: str = field(Kind.TEXT, "Time as published, not always to the minute")
    operation: str = field(Kind.TEXT, "Whether part of an operation")
    operation_name: str = field(Kind.TEXT, "Name of the operation")
    latitude: str = field(Kind.TEXT, "Latitude, approximate")
    longitude: str = field(Kind.TEXT, "Longitude, approximate")
    gender: str = field(Kind.TEXT, "Gender")
    age_range: str = field(Kind.TEXT, "Age range")
    self_defined_ethnicity: str = field(Kind.TEXT, "Self-defined ethnicity")
    officer_defined_ethnicity: str = field(Kind.TEXT, "Officer-defined ethnicity")
    legislation: str = field(Kind.TEXT, "Power used")
    object_of_search: str = field(Kind.TEXT, "Object of the search")
    outcome: str = field(Kind.TEXT, "Outcome")
    outcome_linked_to_object_of_search: str = field(Kind.TEXT, "Whether the outcome is linked to the object")
    removal_of_more_than_outer_clothing: str = field(Kind.TEXT, "Whether more than outer clothing was removed")

    @rule("no_location", "latitude", Action.WARN)
    def place_is_given(cls, frame: Any) -> nw.Expr:
        """The place is given."""
        return ~nw.col("latitude").is_null() & ~nw.col("longitude").is_null()

    @rule("bad_location", "latitude", Action.WARN)
    def place_is_in_britain(cls, frame: Any) -> nw.Expr:
        """The place, where it is given, is in degrees and in Great Britain: not 0,0, not swapped, not on the national grid."""
        return is_in_britain()


class StreetCrime(pandera.DataFrameModel):
    """One recorded crime or incident as published."""

    crime_id: str = field(Kind.TEXT, "Crime id; anti-social behaviour has none")
    month: str = field(Kind.TEXT, "Month")
    reported_by: str = field(Kind.TEXT, "Force that reported it")
    falls_within: str = field(Kind.TEXT, "Force it falls within")
    longitude: str = field(Kind.TEXT, "Longitude, approximate")
    latitude: str = field(Kind.TEXT, "Latitude, approximate")
    location: str = field(Kind.TEXT, "Place in words")
    lsoa_code: str = field(Kind.TEXT, "Lower layer super output area, ONS code")
    lsoa_name: str = field(Kind.TEXT, "Lower layer super output area")
    crime_type: str = field(Kind.TEXT, "Type of crime")
    last_outcome_category: str = field(Kind.TEXT, "Last outcome")
    context: str = field(Kind.TEXT, "Context")

    @rule("no_location", "latitude", Action.WARN)
    def place_is_given(cls, frame: Any) -> nw.Expr:
        """The place is given."""
        return ~nw.col("latitude").is_null() & ~nw.col("longitude").is_null()

    @rule("bad_location", "latitude", Action.WARN)
    def place_is_in_britain(cls, frame: Any) -> nw.Expr:
        """The place, where it is given, is in degrees and in Great Britain: not 0,0, not swapped, not on the national grid."""
        return is_in_britain()

    @rule("out_of_area", "lsoa_name", Action.WARN)
    def area_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The area, where it is given, lies in one of the fourteen districts of Essex."""
        district = nw.col("lsoa_name").str.replace_all(LSOA_SUFFIX, "")
        return nw.col("lsoa_name").is_null() | district.is_in(list(DISTRICTS.values()))

    @rule("boundary_vintage", "lsoa_code", Action.WARN)
    def area_is_of_2011(cls, frame: Any) -> nw.Expr:
        """The area is one of the census of 2011; those that were drawn for 2021 have later codes."""
        code = nw.col("lsoa_code")
        return ~(code.str.starts_with("E01") & (code > LAST_LSOA_OF_2011))


CONTRACTS = (
    Contract("stop_and_search", "police_uk", StopAndSearch, "one published row", defects=defects.CSV),
    Contract("street_crime", "police_uk", StreetCrime, "one published row", defects=defects.CSV),
)
