"""Plans everything that happened, room by room, each from its own random stream."""

from __future__ import annotations

from random import Random

from svu_pipeline.demo.force import Force
from svu_pipeline.demo.names import Registry
from svu_pipeline.demo.plan.asset_recovery import plan_asset_recovery
from svu_pipeline.demo.plan.case_file import plan_case_file
from svu_pipeline.demo.plan.civil_orders import plan_civil_orders
from svu_pipeline.demo.plan.courts import plan_courts
from svu_pipeline.demo.plan.custody import plan_custody
from svu_pipeline.demo.plan.operations import plan_operations
from svu_pipeline.demo.plan.police_uk import plan_police_uk
from svu_pipeline.demo.plan.property import plan_property
from svu_pipeline.demo.plan.safeguarding import plan_safeguarding
from svu_pipeline.demo.plan.warrants import plan_warrants
from svu_pipeline.demo.targets import Targets

ROOMS = (
    plan_operations,
    plan_custody,
    plan_case_file,
    plan_courts,
    plan_property,
    plan_asset_recovery,
    plan_warrants,
    plan_safeguarding,
    plan_civil_orders,
    plan_police_uk,
)


def plan_force(targets: Targets, seed: int) -> Force:
    """The force's three years. A room's stream depends on the seed and its name only."""
    force = Force(Registry(Random(f"{seed}:people")))
    for room in ROOMS:
        room(force, targets, Random(f"{seed}:{room.__name__}"))
    return force
