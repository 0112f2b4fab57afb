"""Killers of source 10, public police data."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import Specimen

SPECIMENS = (
    Specimen(
        "stop_and_search",
        {
            "type": "Person search",
            "datetime": "2023-06-01T00:06:00+00:00",
            "latitude": "51.549298",
            "longitude": "0.708459",
            "outcome": "Arrest",
        },
        {"latitude__no_location": None, "latitude__bad_location": "0.708459"},
        defects=defects.CSV,
    ),
    Specimen(
        "street_crime",
        {
            "crime_id": "69d0",
            "month": "2018-01",
            "longitude": "0.738080",
            "latitude": "51.5",
            "lsoa_name": "Castle Point 007B",
            "crime_type": "Drugs",
        },
        {
            "latitude__no_location": None,
            "latitude__bad_location": "0",
            "lsoa_name__out_of_area": "Babergh 007B",
            "lsoa_code__boundary_vintage": "E01034567",
        },
        defects=defects.CSV,
    ),
)
