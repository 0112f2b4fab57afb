"""Public open data of the county, month by month: context only, never the unit's work."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from random import Random

from svu_pipeline.demo.force import Force, PublicMonth
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import month_span, months, random_day

# LSOA code, LSOA name, latitude and longitude about its town (ONS geography).
AREAS = (
    ("E01021267", "Basildon 012B", 51.572, 0.470),
    ("E01021405", "Braintree 010D", 51.878, 0.551),
    ("E01021455", "Brentwood 005C", 51.620, 0.305),
    ("E01021521", "Castle Point 007B", 51.555, 0.560),
    ("E01021551", "Chelmsford 011A", 51.732, 0.473),
    ("E01021653", "Colchester 013C", 51.889, 0.901),
    ("E01021803", "Epping Forest 010B", 51.688, 0.005),
    ("E01021823", "Harlow 006D", 51.770, 0.095),
    ("E01021896", "Maldon 005D", 51.731, 0.676),
    ("E01021961", "Rochford 005E", 51.582, 0.706),
    ("E01021983", "Tendring 009B", 51.790, 1.153),
    ("E01022084", "Uttlesford 005D", 51.870, 0.165),
    ("E01015885", "Southend-on-Sea 009C", 51.540, 0.711),
    ("E01015965", "Thurrock 010C", 51.478, 0.325),
)
OUTSIDE_AREAS = (
    ("E01004465", "Waltham Forest 015B", 51.620, -0.010),
    ("E01002273", "Havering 015C", 51.575, 0.183),
)
CRIME_TYPES = {
    "Violence and sexual offences": 40,
    "Criminal damage and arson": 12,
    "Vehicle crime": 12,
    "Burglary": 9,
    "Other theft": 10,
    "Public order": 8,
    "Shoplifting": 8,
    "Drugs": 6,
    "Possession of weapons": 3,
    "Robbery": 2,
}
OUTCOMES = (
    "Unable to prosecute suspect",
    "Under investigation",
    "Investigation complete; no suspect identified",
)
CRIMES_A_MONTH, STOPS_A_MONTH = 120, 50
STREETS = ("High Street", "Mill Lane", "Station Road", "Park Avenue", "The Green")
REPEATED_STREET = "On or near Supermarket"
ETHNICITIES = ("White - English/Welsh/Scottish/Northern Irish/British", "Other ethnic group - Not stated", "")
LEGISLATION = {
    "Misuse of Drugs Act 1971 (section 23)": "Controlled drugs",
    "Police and Criminal Evidence Act 1984 (section 1)": "Offensive weapons",
}


def plan_police_uk(force: Force, targets: Targets, rng: Random) -> None:
    street, stop = targets.planted["street_crime"], targets.planted["stop_and_search"]
    for month in months():
        crimes = [_crime(month, number, rng) for number in range(CRIMES_A_MONTH + rng.randrange(20))]
        crimes += [_crime(month, 1000 + n, rng, outside=True) for n in range(street["outside_essex_a_month"])]
        crimes += [_without_place(_crime(month, 2000 + n, rng)) for n in range(street["no_location_a_month"])]
        repeated = _antisocial(month, rng)
        crimes += [dict(repeated) for _ in range(1 + street["exact_repeats_a_month"])]
        stops = [_stop(month, number, rng) for number in range(STOPS_A_MONTH + rng.randrange(15))]
        stops += [dict(stops[0]) for _ in range(stop["exact_repeats_a_month"])]
        for row in stops[1 : 1 + stop["no_location_a_month"]]:
            row["Latitude"] = row["Longitude"] = ""
        force.public.append(PublicMonth(month, stops, crimes))


def _crime(month: str, number: int, rng: Random, outside: bool = False) -> dict[str, str]:
    code, name, latitude, longitude = rng.choice(OUTSIDE_AREAS if outside else AREAS)
    kinds = list(CRIME_TYPES)
    # Weapons and drugs are counted by month: what lies outside Essex or nowhere is of other types, so that
    # the figures do not turn on whether those rows belong to the county.
    kind = "Vehicle crime" if number >= 1000 else rng.choices(kinds, [CRIME_TYPES[one] for one in kinds])[0]
    return {
        "Crime ID": sha256(f"{month}/{number}/demo".encode()).hexdigest(),
        "Month": month,
        "Reported by": "Essex Police",
        "Falls within": "Essex Police",
        "Longitude": f"{longitude + rng.uniform(-0.009, 0.009):.6f}",
        "Latitude": f"{latitude + rng.uniform(-0.006, 0.006):.6f}",
        "Location": f"On or near {rng.choice(STREETS)}",
        "LSOA code": code,
        "LSOA name": name,
        "Crime type": kind,
        "Last outcome category": rng.choice(OUTCOMES),
        "Context": "",
    }


def _without_place(row: dict[str, str]) -> dict[str, str]:
    return row | {
        "Longitude": "",
        "Latitude": "",
        "Location": "No Location",
        "LSOA code": "",
        "LSOA name": "",
    }


def _antisocial(month: str, rng: Random) -> dict[str, str]:
    """Anti-social behaviour carries no id, so that several incidents at one place read exactly alike."""
    row = _crime(month, 3000, rng)
    return row | {
        "Crime ID": "",
        "Crime type": "Anti-social behaviour",
        "Last outcome category": "",
        "Location": REPEATED_STREET,
    }


def _stop(month: str, number: int, rng: Random) -> dict[str, str]:
    day: date = random_day(rng, month_span(month))
    _, _, latitude, longitude = rng.choice(AREAS)
    legislation = rng.choice(list(LEGISLATION))
    kind = rng.choices(("Person search", "Person and Vehicle search", "Vehicle search"), (80, 15, 5))[0]
    is_person = kind != "Vehicle search"
    return {
        "Type": kind,
        "Date": f"{day}T{8 + number % 14:02d}:{number % 60:02d}:{rng.randrange(60):02d}+00:00",
        "Part of a policing operation": "False",
        "Policing operation": "",
        "Latitude": f"{latitude + rng.uniform(-0.006, 0.006):.6f}",
        "Longitude": f"{longitude + rng.uniform(-0.009, 0.009):.6f}",
        "Gender": rng.choice(("Male", "Male", "Male", "Female")) if is_person else "",
        "Age range": rng.choice(("10-17", "18-24", "18-24", "25-34", "over 34")) if is_person else "",
        "Self-defined ethnicity": rng.choice(ETHNICITIES) if is_person else "",
        "Officer-defined ethnicity": rng.choice(("White", "Black", "Asian", "Other")) if is_person else "",
        "Legislation": legislation,
        "Object of search": LEGISLATION[legislation],
        "Outcome": rng.choice(
            ("A no further action disposal", "A no further action disposal", "Arrest", "Community resolution")
        ),
        "Outcome linked to object of search": "",
        "Removal of more than just outer clothing": "False",
    }
