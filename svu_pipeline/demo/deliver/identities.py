"""How each record spells its person: the slips that make one human being look like two, each noted in the ledger.

What belongs here: who suffers which slip. What does not: how a value comes out wrong (`slips`). One record of every
person seen more than once is faithful, and every other one is a slip or two from it, or has its PNC id: whoever reads
with care can tell. The most frequent date of birth of a person stays the true one, so no figure depends on a slip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Literal

from svu_pipeline.demo.deliver import slips
from svu_pipeline.demo.deliver.mentions import SOURCES, Mention, faithful, mentions
from svu_pipeline.demo.force import Force
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.names import Person, name_lists, wrong_pnc_id
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import age_on

YOUNGEST, YOUNGEST_RESPONDENT, OLDEST = 12, 15, 90
"""Ages that a wrong date of birth may give: the record must stand."""
ONE_IN_SINGLES = 8
"""Every so many-th slip falls on somebody seen once."""
NAMES = ("surname", "forenames")


@dataclass(frozen=True)
class Slip:
    """One way to go wrong. `columns`: any one of these. `needs`: what the record must share with the faithful one.

    "rest" = whatever the slip leaves; "telling" = the PNC id, the home, or a name that few bear; "home" = the PNC id or
    the home; "pnc_id" = that alone.
    """

    name: str
    what: str
    columns: tuple[str, ...]
    spoil: Callable[[Any, Random], Any]
    needs: Literal["rest", "telling", "home", "pnc_id"] = "rest"


# The rarer its opportunities, the earlier a slip is planted.
SLIPS = (
    Slip("one_part_of_surname", "one part of a double-barrelled surname", ("surname",), slips.one_part),
    Slip("accents_lost", "name without its accents", NAMES, slips.without_accents),
    Slip("middle_name_first", "known by the middle name", ("forenames",), slips.middle_name_first),
    Slip("without_middle_name", "middle name left out", ("forenames",), slips.without_middle_name),
    Slip("short_form", "short form of the forename", ("forenames",), slips.short_form),
    Slip("initials_only", "initials for forenames", ("forenames",), slips.initials, "home"),
    Slip("first_of_january", "born on 1 January: only the year was known", ("born",), slips.first_of_january, "pnc_id"),
    Slip(
        "day_and_month_swapped", "day and month of birth exchanged", ("born",), slips.day_and_month_swapped, "telling"
    ),
    Slip("wrong_digit", "a digit of the date of birth is another", ("born",), slips.wrong_digit, "telling"),
    Slip("year_off_by_one", "year of birth off by one", ("born",), slips.a_year_off, "telling"),
    Slip("postcode_mistyped", "a sign of the postcode is another", ("postcode",), slips.wrong_postcode),
    Slip("letters_transposed", "two letters of the name exchanged", NAMES, slips.transposed),
    Slip("letter_dropped", "a letter of the name left out", NAMES, slips.dropped),
    Slip("letter_doubled", "a letter of the name doubled", NAMES, slips.doubled),
    Slip("letter_replaced", "a letter of the name is another", NAMES, slips.replaced),
    Slip("postcode_missing", "no postcode", ("postcode",), lambda *_: ""),
    Slip("sex_differs", "the other sex", ("sex",), lambda sex, _: {"M": "F", "F": "M"}.get(sex)),
)
COLUMNS = {
    "custody_record": {"born": "date_of_birth", "postcode": "home_postcode"},
    "hearing": {"born": "date_of_birth"},
    "contact": {"born": "date_of_birth"},
    "civil_order": {"born": "date_of_birth"},
}


class Identities:
    """The words of every record for its person, after all slips."""

    def __init__(self, force: Force, targets: Targets, ledger: Ledger, rng: Random) -> None:
        self._written = list(mentions(force))
        self._by_key = {(one.dataset, one.key): one for one in self._written}
        writer = _Writer(self._written, force, ledger, rng)
        writer.pnc_ids(targets)
        writer.chains(targets.planted["identity"])
        writer.slips(targets.planted["identity"])

    def of(self, dataset: str, key: str, person: Person) -> Mention:
        """What the record says; of one that is not in the plan, the person as they are."""
        return self._by_key.get((dataset, key)) or faithful(dataset, key, person)

    def slips(self) -> dict[str, list[str]]:
        """The records of each kind of slip, as `dataset:key`, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self._written:
            for slip in one.slips:
                found[slip].append(f"{one.dataset}:{one.key}")
        return {slip: sorted(records) for slip, records in sorted(found.items())}


class _Writer:
    """Plants the slips, each on a record that has none."""

    def __init__(self, written: list[Mention], force: Force, ledger: Ledger, rng: Random) -> None:
        self._ledger, self._rng, self._registry = ledger, rng, force.registry
        left_alone = {force.kash_arrest().person} | {
            person for groups in force.lookalikes.values() for group in groups for person in group
        }
        self._mentions = [one for one in written if one.person not in left_alone and one.born]
        self._of: dict[Person, list[Mention]] = defaultdict(list)
        for one in sorted(self._mentions, key=lambda one: (one.on, one.dataset, one.key)):
            self._of[one.person].append(one)
        # The faithful record: one that says most, and the first of these.
        self._anchor = {
            person: min(seen, key=lambda one: (not one.has_home, one.dataset != "custody_record"))
            for person, seen in self._of.items()
            if len(seen) > 1
        }
        self._with_age = {contact.person for contact in force.contacts} | {order.person for order in force.orders}

    def pnc_ids(self, targets: Targets) -> None:
        """PNC ids that are not on the record, or whose check letter does not hold."""
        for dataset in SOURCES:
            self._pnc_ids_of(dataset, targets.planted[dataset])
        self._known_once(targets.planted["identity"]["pnc_id_on_one_record"])

    def _pnc_ids_of(self, dataset: str, planted: dict[str, int]) -> None:
        def has_one(one: Mention) -> bool:
            return one.dataset == dataset and bool(one.pnc_id)

        for one in self._pick(planted["bad_pnc_id"], has_one):
            one.pnc_id = wrong_pnc_id(one.pnc_id)
            self._note(one, "bad_identifier", "check letter does not hold", "pnc_id", "withheld")
        for one in self._pick(planted["no_pnc_id"], has_one):
            self._lose_pnc_id(one)

    def _known_once(self, people: int) -> None:
        """People whose PNC id stands on one of their three records."""
        for person in self._people(people, _all_have_pnc_ids):
            for one in self._of[person]:
                if one is not self._anchor[person]:
                    self._lose_pnc_id(one)

    def _lose_pnc_id(self, one: Mention) -> None:
        """No slip: whoever lost the PNC id may suffer one as well."""
        one.pnc_id = ""
        self._tell(one, "no_pnc_id", "no PNC id on this record", "pnc_id")

    def chains(self, planted: dict[str, int]) -> None:
        """Three records of which the first and the last share little: each is known by the one between."""
        for person in self._people(planted["chain_by_name"], lambda seen: sum(one.has_home for one in seen) > 1):
            first, between, last = sorted(self._of[person], key=lambda one: not one.has_home)
            for one in (first, between, last):
                if one.pnc_id:
                    self._lose_pnc_id(one)
            name = self._registry.new_surname()
            self._rename(between, f"{person.surname}-{name}", "chain_by_name", "took a second surname")
            self._rename(last, name, "chain_by_name", "and dropped the first one")
            self._move(last)
        for person in self._people(planted["chain_by_pnc_id"], _all_have_pnc_ids):
            anchor = self._anchor[person]
            between, last = (one for one in self._of[person] if one is not anchor)
            name, home = self._registry.new_surname(), self._registry.new_postcode()
            self._rename(between, name, "chain_by_pnc_id", "another surname under the same PNC id")
            self._rename(last, name, "chain_by_pnc_id", "that surname, without the PNC id")
            self._lose_pnc_id(last)
            between.postcode = last.postcode = home

    def slips(self, planted: dict[str, int]) -> None:
        """Every kind of slip as often as planned, on records that had none; then a second one on a few."""
        self._married(planted["married_surname"])
        self._swapped(planted["names_swapped"])
        self._unknown_sex(planted["sex_unknown"])
        for one in self._pick(planted["moved"], self._has_another_home):
            self._move(one)
        for slip in SLIPS:
            self._plant(slip, planted[slip.name])
        self._second_slips(planted["second_slip"])

    def _plant(self, slip: Slip, count: int) -> None:
        """Most of them on people seen more than once, where they matter."""
        on_singles = count // ONE_IN_SINGLES if slip.needs == "rest" else 0
        free = self._pick(len(self._mentions), lambda one: self._can_suffer(slip, one))
        self._plant_on((one for one in free if one.person in self._anchor), slip, count - on_singles)
        self._plant_on((one for one in free if one.person not in self._anchor), slip, on_singles)

    def _plant_on(self, free: Iterable[Mention], slip: Slip, count: int) -> None:
        for one in free:
            if count and self._spoil(slip, one):
                count -= 1

    def _can_suffer(self, slip: Slip, one: Mention) -> bool:
        if slip.columns[0] in ("sex", "postcode") and not one.has_home:
            return False
        anchor = self._anchor.get(one.person)
        if slip.needs == "rest" or (anchor and anchor.pnc_id and anchor.pnc_id == one.pnc_id):
            return True
        if slip.needs == "pnc_id":
            return False
        shares_home = bool(anchor and anchor.has_home and one.has_home and anchor.postcode == one.postcode)
        return shares_home if slip.needs != "telling" else shares_home or _is_telling(one)

    def _spoil(self, slip: Slip, one: Mention) -> bool:
        """Writes the slip into the record; False where it cannot happen to it."""
        column = self._rng.choice(slip.columns)
        value = slip.spoil(getattr(one, column), self._rng)
        if value is None or (column == "born" and not self._birth_may_be(one, value)):
            return False
        if column == "forenames" and not self._forenames_may_be(one):
            return False
        setattr(one, column, value)
        self._note(one, slip.name, slip.what, column)
        return True

    def _birth_may_be(self, one: Mention, born: date) -> bool:
        """The record still stands, and the person's most frequent date, the earliest of equals, is still the true one."""
        youngest = YOUNGEST_RESPONDENT if one.dataset == "civil_order" else YOUNGEST
        if not youngest <= age_on(born, one.on) <= OLDEST:
            return False
        others = [other for other in self._of[one.person] if other is not one]
        if any(other.born != one.person.born for other in others):
            return False
        return len(others) > 1 or born > one.person.born or one.person not in self._with_age

    def _forenames_may_be(self, one: Mention) -> bool:
        """Two spellings of a forename, each far from the other, would be twins': a PNC id must join them."""
        others = (other for other in self._of[one.person] if other.forenames != one.person.forenames)
        return all(one.pnc_id and other.pnc_id == one.pnc_id for other in others)

    def _married(self, count: int) -> None:
        """Women under a new surname, known by their home or their PNC id."""
        slip = Slip("married_surname", "another surname since the marriage", ("surname",), lambda *_: None, "home")

        def is_wife(one: Mention) -> bool:
            return one.person.sex == "F" and age_on(one.person.born, one.on) >= 20 and self._can_suffer(slip, one)

        for one in self._pick(count, is_wife):
            self._rename(one, self._registry.new_surname(), slip.name, slip.what)

    def _swapped(self, count: int) -> None:
        for one in self._pick(count, lambda one: " " not in one.forenames):
            one.surname, one.forenames = one.forenames, one.surname
            self._note(one, "names_swapped", "surname and forename in each other's place", "surname")

    def _unknown_sex(self, count: int) -> None:
        for one in self._pick(count, lambda one: one.has_home and one.sex != "U"):
            one.sex = "U" if one.dataset == "custody_record" else ""
            self._note(one, "sex_unknown", "sex unknown", "sex")

    def _has_another_home(self, one: Mention) -> bool:
        return one.has_home and one.person in self._anchor and self._anchor[one.person].has_home

    def _move(self, one: Mention) -> None:
        if one.has_home:
            one.postcode = self._registry.new_postcode()
            self._note(one, "moved", "another home", "postcode")

    def _rename(self, one: Mention, surname: str, reason: str, what: str) -> None:
        one.surname = surname
        self._note(one, reason, what, "surname")

    def _second_slips(self, count: int) -> None:
        """A second slip on records that their PNC id joins, in another column than the first."""
        by_name = {slip.name: slip for slip in SLIPS}
        seconds = [by_name[name] for name in ("wrong_digit", "letter_replaced", "short_form", "day_and_month_swapped")]

        def is_joined(one: Mention) -> bool:
            anchor = self._anchor.get(one.person)
            return len(one.slips) == 1 and bool(anchor and one.pnc_id and one.pnc_id == anchor.pnc_id)

        for index, one in enumerate(self._shuffled(is_joined)):
            slip = seconds[index % len(seconds)]
            first = next((kind for kind in SLIPS if kind.name == one.slips[0]), None)
            if count and first and not set(first.columns) & set(slip.columns) and self._spoil(slip, one):
                count -= 1

    def _shuffled(self, where: Callable[[Mention], bool]) -> list[Mention]:
        anchors = {id(one) for one in self._anchor.values()}
        fitting = [one for one in self._mentions if id(one) not in anchors and where(one)]
        self._rng.shuffle(fitting)
        return fitting

    def _pick(self, count: int, where: Callable[[Mention], bool]) -> list[Mention]:
        """`count` records without a slip, never a person's faithful one."""
        return self._shuffled(lambda one: not one.slips and where(one))[:count]

    def _people(self, count: int, where: Callable[[list[Mention]], bool]) -> Iterable[Person]:
        """`count` people of three records without a slip."""
        fitting = [
            person
            for person, seen in self._of.items()
            if len(seen) == 3 and not any(one.slips for one in seen) and "-" not in person.surname and where(seen)
        ]
        return self._rng.sample(fitting, min(count, len(fitting)))

    def _note(self, one: Mention, reason: str, what: str, column: str, outcome: str = "counted") -> None:
        one.slips.append(reason)
        self._tell(one, reason, what, column, outcome)

    def _tell(self, one: Mention, reason: str, what: str, column: str, outcome: str = "counted") -> None:
        column = COLUMNS[one.dataset].get(column, column)
        self._ledger.note(SOURCES[one.dataset], one.dataset, outcome, what, reason=reason, column=column)


def _all_have_pnc_ids(seen: list[Mention]) -> bool:
    return all(one.pnc_id for one in seen)


def _is_telling(one: Mention) -> bool:
    """A name that few bear: two forenames beside a surname that is on no list."""
    lists = name_lists()
    return " " in one.forenames and one.surname not in (*lists["surnames_common"], *lists["surnames_elsewhere"])
