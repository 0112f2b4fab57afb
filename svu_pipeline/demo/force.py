"""The force as plain dataclasses: what happened, not how it was recorded. The truth is counted from these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from svu_pipeline.demo.names import Person, Registry
from svu_pipeline.demo.timeline import UNIT_LAUNCH

RAPTOR_UNITS = ("RAPTOR_NORTH", "RAPTOR_SOUTH", "RAPTOR_WEST")
SVU_UNITS = (*RAPTOR_UNITS, "SVU_PPP", "SVU_HQ")
OTHER_UNITS = ("LPT_BASILDON", "LPT_COLCHESTER", "CID_HARLOW", "CID_SOUTHEND", "ROADS")

THURROCK, SOUTHEND, EPPING_FOREST, UTTLESFORD = "E06000034", "E06000033", "E07000072", "E07000077"
WALTHAM_FOREST, HAVERING = "E09000031", "E09000016"  # outside Essex; Chingford lies in the first
DISTRICTS_BY_UNIT = {
    "RAPTOR_NORTH": ("E07000067", "E07000071", "E07000074", "E07000076"),
    "RAPTOR_SOUTH": ("E07000066", "E07000069", "E07000075", SOUTHEND, THURROCK),
    "RAPTOR_WEST": ("E07000068", "E07000070", EPPING_FOREST, "E07000073", UTTLESFORD),
}
ESSEX_DISTRICTS = tuple(code for codes in DISTRICTS_BY_UNIT.values() for code in codes)

KASH_REF = "OP23-0007"  # the published case has its own records and no others

SUPPLY_OFFENCES = ("MD71171", "MD71230", "MD71231", "MD71239")
OTHER_OFFENCES = ("CJ88144", "CJ88117", "PC53001", "MD71530", "MD71219", "MD71002", "TH68010")


def is_svu_work(unit: str, day: date) -> bool:
    """Work of the Serious Violence Unit: one of its units, and not before there was a unit."""
    return unit in SVU_UNITS and day >= UNIT_LAUNCH


def district_of(rng: Random, unit: str) -> str:
    return rng.choice(DISTRICTS_BY_UNIT.get(unit, ESSEX_DISTRICTS))


@dataclass
class CustodyRecord:
    ref: str
    at: datetime
    reason: str
    status: str = "LIVE"
    transferred_from: str = ""


@dataclass
class Charge:
    charge_id: str
    custody_ref: str
    offence: str
    at: datetime
    initiation: str = "C"
    status: str = "LIVE"


@dataclass
class Remand:
    remand_id: str
    custody_ref: str
    at: datetime
    decided_by: str
    code: str


@dataclass
class Arrest:
    """One arrest: a chain of custody records, then any record on which the person answered bail."""

    person: Person
    at: datetime
    unit: str
    district: str
    offence: str
    records: list[CustodyRecord]
    operation_ref: str = ""
    urn: str = ""
    charges: list[Charge] = field(default_factory=list)
    remands: list[Remand] = field(default_factory=list)
    bail_return: CustodyRecord | None = None

    @property
    def counts(self) -> bool:
        return is_svu_work(self.unit, self.at.date())

    @property
    def charged(self) -> bool:
        return any(charge.initiation == "C" and charge.status == "LIVE" for charge in self.charges)

    @property
    def remanded(self) -> bool:
        return self.charged and any(remand.code in ("PB", "PR", "SA") for remand in self.remands)

    @property
    def last_ref(self) -> str:
        """The record on which charges hang: the return on bail, else the end of the chain."""
        return (self.bail_return or self.records[-1]).ref


@dataclass
class Result:
    offence: str
    code: str
    value: int | None = None
    unit: str = ""
    qualifier: str | None = None
    secondary: tuple[int, str] | None = None


@dataclass
class Hearing:
    """One hearing of one person. `is_replaced`: a later custodial hearing of the case stands instead."""

    hearing_id: str
    arrest: Arrest
    court: str
    on: date
    results: list[Result]
    is_replaced: bool = False


@dataclass
class Exhibit:
    """One exhibit. `mass_mg` is the mass that counts, None where there is none to count."""

    ref: str
    at: datetime
    unit: str
    district: str
    category: str
    quantity: str
    measure: str
    item_type: str = ""
    drug: str = ""
    mass_mg: float | None = None
    lab: tuple[str, str] = ("", "")
    arrest: Arrest | None = None
    custody_ref: str = ""
    operation_ref: str = ""
    status: str = "HELD"
    description: str = ""


@dataclass
class MoneyEvent:
    ref: str
    on: date
    unit: str
    operation_ref: str
    power: str
    stage: str
    pence: int
    currency: str = "GBP"


@dataclass
class Warrant:
    number: str
    power: str
    issued: date
    executed: date | None
    result: str
    premises_ref: str
    district: str
    unit: str
    operation_ref: str
    status: str


@dataclass
class Contact:
    """One safeguarding contact. `is_withdrawn`: the return took it back, it counts nowhere."""

    contact_id: str
    person: Person
    on: date
    unit: str
    district: str
    kind: str
    outcome: str
    partner: str = ""
    premises_ref: str = ""
    operation_ref: str = ""
    has_birth_date: bool = True
    is_withdrawn: bool = False


@dataclass
class CivilOrder:
    ref: str
    person: Person
    order_type: str
    stage: str
    status: str
    granted_on: date
    expires_on: date | None
    court: str
    district: str
    unit: str
    operation_ref: str = ""
    has_birth_date: bool = True


@dataclass
class OrderBreach:
    ref: str
    order: CivilOrder
    on: date
    outcome: str


@dataclass
class Operation:
    ref: str
    name: str
    kind: str
    line_name: str | None
    opened_on: date
    closed_on: date | None = None
    closure: str | None = None


@dataclass
class Deployment:
    """One deployment; a count that is None was never recorded."""

    ref: str
    operation_name: str
    started_on: date
    ended_on: date
    place: str
    district: str
    unit: str
    leaflets: int | None
    partner_referrals: int | None
    training_offered: int | None
    training_delivered: int | None
    vehicles_stopped: int | None
    passengers_checked: int | None
    arrests: int | None


@dataclass
class PublicMonth:
    """One month of public open data: rows by column name as published, counted by crime type."""

    month: str
    stops: list[dict[str, str]]
    crimes: list[dict[str, str]]


@dataclass
class Force:
    """Everything that happened, in one place."""

    registry: Registry
    operations: list[Operation] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    arrests: list[Arrest] = field(default_factory=list)
    hearings: list[Hearing] = field(default_factory=list)
    exhibits: list[Exhibit] = field(default_factory=list)
    money: list[MoneyEvent] = field(default_factory=list)
    warrants: list[Warrant] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    orders: list[CivilOrder] = field(default_factory=list)
    breaches: list[OrderBreach] = field(default_factory=list)
    public: list[PublicMonth] = field(default_factory=list)
    lookalikes: dict[str, list[tuple[Person, ...]]] = field(default_factory=dict)  # by what makes them alike
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, kind: str) -> int:
        """The next running number of a kind of record, from 1."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def drug_line(self, day: date) -> str:
        """The oldest drug line that is open on that day, "" where there is none; never KASH."""
        for line in self.operations:
            is_open = line.opened_on <= day and (line.closed_on is None or day <= line.closed_on)
            if line.kind == "DRUG_LINE" and line.ref != KASH_REF and is_open:
                return line.ref
        return ""

    def kash_arrest(self) -> Arrest:
        """The arrest of the published case."""
        return next(arrest for arrest in self.arrests if arrest.operation_ref == KASH_REF)
