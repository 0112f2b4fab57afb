"""Contract of source 4, property store (sources.md, 4)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import given_where, is_code, names_no_person, within_essex, within_unit_life
from svu_pipeline.contracts.model import Action, Contract, Instant, Kind, field, rule
from svu_pipeline.sources import defects

MILLION = 1_000_000
COUNTED_UNITS = ("ITEM", "TABLET", "WRAP", "PLANT")
MEASURED_UNITS = ("G", "KG", "MG", "OZ", "ML")
UNITS_OF_MEASURE = ("ITEM", "G", "KG", "MG", "OZ", "TABLET", "WRAP", "PLANT", "ML")
WEAPON_TYPES = (
    "KNIFE", "MACHETE", "ZOMBIE_KNIFE", "SWORD", "OTHER_BLADE", "FIREARM", "IMITATION_FIREARM", "AIR_WEAPON",
    "TASER_OR_CS", "BAT_OR_BAR", "KNUCKLEDUSTER", "OTHER_WEAPON", "AMMUNITION",
)  # fmt: skip
DRUGS = (
    "CRACK", "HEROIN", "COCAINE", "MDMA", "AMPHETAMINE", "KETAMINE", "CANNABIS", "SPICE", "OTHER_A", "OTHER_B",
    "OTHER_C",
)  # fmt: skip


class Exhibit(pandera.DataFrameModel):
    """One exhibit in the property store."""

    exhibit_ref: str = field(Kind.KEY, "Exhibit", required=True)
    seized_at: Instant = field(Kind.LOCAL_MINUTE, "Time of seizure", required=True)
    unit_code: str = field(Kind.OPEN_CODE, "Unit that seized it", required=True)
    operation_ref: str = field(Kind.REFERENCE, "Operation")
    custody_ref: str = field(Kind.REFERENCE, "Custody record")
    district_code: str = field(Kind.OPEN_CODE, "District of seizure, ONS code")
    category: str = field(Kind.CODE, "Category", required=True, codes=("WEAPON", "DRUG", "CASH", "PHONE", "OTHER"))
    item_type: str = field(Kind.OPEN_CODE, "Type of item")
    description: str = field(Kind.TEXT, "Description")
    quantity: int = field(Kind.MILLIONTHS, "Quantity as seized, in millionths", required=True, gt=0)
    unit_of_measure: str = field(Kind.CODE, "Unit of the quantity", required=True, codes=UNITS_OF_MEASURE)
    lab_quantity: int = field(Kind.MILLIONTHS, "Quantity found by the laboratory, in millionths", ge=0)
    lab_unit: str = field(Kind.CODE, "Unit of the laboratory's quantity", codes=UNITS_OF_MEASURE)
    drug: str = field(Kind.CODE, "Drug", codes=DRUGS)
    status: str = field(
        Kind.CODE,
        "Status",
        required=True,
        codes=("HELD", "RETURNED", "DESTROYED", "CREATED_IN_ERROR", "AMNESTY"),
    )
    revision: int = field(Kind.WHOLE, "Revision", required=True)

    @rule("missing_required", "item_type")
    def weapon_has_a_type(cls, frame: Any) -> nw.Expr:
        """A weapon has a type."""
        return given_where("item_type", is_code("category", "WEAPON"))

    @rule("missing_required", "drug")
    def drug_is_named(cls, frame: Any) -> nw.Expr:
        """A drug is named."""
        return given_where("drug", is_code("category", "DRUG"))

    @rule("not_whole", "quantity")
    def counted_quantity_is_whole(cls, frame: Any) -> nw.Expr:
        """Items, tablets, wraps and plants come in whole numbers."""
        return ~is_code("unit_of_measure", *COUNTED_UNITS) | (nw.col("quantity") % MILLION == 0)

    @rule("unknown_code", "item_type", Action.WARN)
    def weapon_type_is_known(cls, frame: Any) -> nw.Expr:
        """A weapon's type is one of the list; another is read as UNKNOWN."""
        return ~is_code("category", "WEAPON") | nw.col("item_type").is_null() | is_code("item_type", *WEAPON_TYPES)

    @rule("not_in_items", "unit_of_measure", Action.WARN)
    def weapon_is_counted(cls, frame: Any) -> nw.Expr:
        """A weapon is counted in items, not weighed or measured; one that is weighed counts as one item."""
        return ~(is_code("category", "WEAPON") & is_code("unit_of_measure", *MEASURED_UNITS))

    @rule("pii_suspected", "description", Action.WARN)
    def description_names_no_person(cls, frame: Any) -> nw.Expr:
        """The description gives no person away; it is published nowhere."""
        return names_no_person("description")

    @rule("before_unit_launch", "unit_code", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The seizure under one of the unit's codes is not earlier than the unit."""
        return within_unit_life("unit_code", "seized_on")

    @rule("out_of_area", "district_code", Action.WARN)
    def district_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The district is one of the fourteen of Essex."""
        return within_essex("district_code")


CONTRACTS = (
    Contract(
        "exhibit",
        "property",
        Exhibit,
        "one exhibit",
        ("exhibit_ref",),
        "revision",
        defects=defects.CSV,
    ),
)
