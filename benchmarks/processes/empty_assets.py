"""The rival of a night: import Dagster and run thirty assets that do nothing, on a stock instance in `DAGSTER_HOME`."""

import dagster as dg

ASSETS = 30


def _empty_asset(number: int) -> dg.AssetsDefinition:
    @dg.asset(name=f"empty_{number}")
    def empty() -> None:
        """Do nothing: what is left is Dagster's own."""

    return empty


def run_empty_assets() -> None:
    """One in-process run of a job of thirty empty assets; raises when a step fails."""
    job = dg.define_asset_job("empty", selection=dg.AssetSelection.all())
    defs = dg.Definitions(assets=[_empty_asset(number) for number in range(ASSETS)], jobs=[job])
    with dg.DagsterInstance.get() as instance:
        defs.resolve_job_def("empty").execute_in_process(instance=instance)


if __name__ == "__main__":
    run_empty_assets()
