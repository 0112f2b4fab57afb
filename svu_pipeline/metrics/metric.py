"""What a metric is made of: a noun, a fact, the rows that count, and how they are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from svu_pipeline.errors import Curable
from svu_pipeline.metrics.wording import Wording, wording_of


class CatalogueError(Curable):
    """A metric that cannot be: found when the catalogue is built, never when a figure is struck."""


class Noun(Enum):
    """What a figure counts. Nouns are never exchanged: people are not arrests, items are not exhibits (counting.md)."""

    PEOPLE = "people"
    ARRESTS = "arrests"
    WARRANTS = "warrants"
    ITEMS = "items"
    KILOGRAMS = "kg"
    SEIZURES = "seizures"
    POUNDS = "£"
    YEARS = "years"
    SENTENCES = "sentences"
    REFERRALS = "referrals"
    PREMISES = "premises"
    BREACHES = "breaches"
    LINES = "drug lines"
    DEPLOYMENTS = "deployments"
    LEAFLETS = "leaflets"
    SESSIONS = "training sessions"
    VEHICLES = "vehicles"
    PASSENGERS = "passengers"
    SEARCHES = "stops and searches"
    CRIMES = "recorded crimes"
    PER_CENT = "%"


class Kind(Enum):
    """Period: events dated in the window. Cohort: people arrested in the window, and what became of them since."""

    PERIOD = "period"
    COHORT = "cohort"


@dataclass(frozen=True)
class Scale:
    """From the exact whole numbers of the facts to the printed figure: divide, then round once to so many decimals."""

    divisor: int = 1
    decimals: int = 0


COUNT = Scale()
PENCE_TO_POUNDS = Scale(100, 2)
MG_TO_KG = Scale(1_000_000, 3)
DAY_48THS_TO_YEARS = Scale(17_532, 2)

PEOPLE_FACTS = {
    "fct_custody_arrest": "person_id",
    "fct_arrest_disposal": "person_id",
    "fct_hearing": "person_id",
    "fct_safeguarding_contact": "person_id",
    "fct_civil_order": "person_id",
}
"""The facts that know a person, and in which column: a metric of people is counted from no other."""


PLACE = {"district": "district_code", "unit": "unit_code", "operation": "operation_ref"}
PERSON = {"sex": "sex", "age_band": "age_band(age_years)"}
"""The dimensions that most facts have, and their columns."""


@dataclass(frozen=True)
class Metric:
    """One entry of the catalogue: the single object from which SQL, text, page, JSON and UI take a figure.

    `fact` and `where` say which rows contribute, `on` the column of the day that puts them in a window, `record` the key
    that leads back to the source (of dataset `dataset`). With `subject` the figure is the number of distinct subjects; else
    it is the sum of `quantity`. `breakdowns` maps a dimension to its column. `first_of` names the metric whose first
    contribution of a person in the window gives the person's dimensions; `first_age` keeps only people whose age then
    (completed years, in the column `age`) lies between the two, both included. `relates_records` says that whether a record
    counts hangs on other records too (chains, replaced hearings). A rate has `numerator` and `denominator` and no fact of its own.

    A definition that counts otherwise than the one before it has the next `version`, the day `effective_on` which it is in
    force, what `changed` and why, and the `earlier` definitions, oldest first (`versions.py`).
    """

    id: str
    title: str
    noun: Noun
    section: str
    definition: str
    needs: tuple[str, ...]
    kind: Kind = Kind.PERIOD
    fact: str = ""
    where: str = "true"
    on: str = ""
    at: str = "NULL"
    age: str = "NULL"
    record: str = ""
    dataset: str = ""
    subject: str = ""
    quantity: str = "1"
    is_estimate: str = "false"
    scale: Scale = COUNT
    breakdowns: dict[str, str] = field(default_factory=dict)
    first_of: str = ""
    first_age: tuple[int, int] | None = None
    numerator: str = ""
    denominator: str = ""
    is_public_context: bool = False
    relates_records: bool = False
    version: int = 1
    effective_on: date | None = None
    changed: str = ""
    earlier: tuple[Metric, ...] = ()

    def __post_init__(self) -> None:
        if self.is_rate:
            if self.noun is not Noun.PER_CENT:
                raise CatalogueError(f"{self.id}: a rate is in per cent")
            return
        if self.noun is Noun.PEOPLE and self.subject != PEOPLE_FACTS.get(self.base_fact):
            raise CatalogueError(f"{self.id}: people are counted as distinct persons of a fact that knows them")
        if self.noun is not Noun.PEOPLE and self.subject == "person_id":
            raise CatalogueError(f"{self.id}: distinct persons are people, not {self.noun.value}")

    @property
    def is_rate(self) -> bool:
        return bool(self.numerator)

    @property
    def wording(self) -> Wording:
        """The words in which it is said (wording.toml)."""
        return wording_of(self.id.partition("@")[0])

    @property
    def base_fact(self) -> str:
        return self.fact.split()[0] if self.fact else ""

    @property
    def is_related(self) -> bool:
        """Whether one record can take away what another counts for: chains, replacements, and who is who."""
        return self.relates_records or self.noun is Noun.PEOPLE

    @property
    def is_additive(self) -> bool:
        """Whether months and parts add up to the whole: never for distinct subjects, nor for rates."""
        return not self.is_rate and not self.subject
