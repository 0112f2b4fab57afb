"""Makes the demo force: plan, check against the targets, deliver, write, and the truth ledger beside."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

from svu_pipeline.demo.deliver.asset_recovery import (
    REGISTER_COLUMNS,
    TITLE_ROWS,
    deliver_asset_recovery,
    total_row,
)
from svu_pipeline.demo.deliver.case_file import (
    CHARGE_COLUMNS,
    OUTCOME_COLUMNS,
    REMAND_COLUMNS,
    deliver_case_file,
)
from svu_pipeline.demo.deliver.civil_orders import (
    BREACH_COLUMNS,
    EARLIER_FILE,
    LATEST_FILE,
    ORDER_COLUMNS,
    deliver_civil_orders,
)
from svu_pipeline.demo.deliver.courts import deliver_courts
from svu_pipeline.demo.deliver.custody import CUSTODY_COLUMNS, deliver_custody
from svu_pipeline.demo.deliver.identities import Identities
from svu_pipeline.demo.deliver.operations import deliver_operations
from svu_pipeline.demo.deliver.police_uk import account_police_uk
from svu_pipeline.demo.deliver.property import EXHIBIT_COLUMNS, deliver_property, weekly_dates
from svu_pipeline.demo.deliver.safeguarding import deliver_safeguarding
from svu_pipeline.demo.deliver.warrants import WARRANT_COLUMNS, deliver_warrants
from svu_pipeline.demo.force import Force
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.plan.year import plan_force
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets, load_targets
from svu_pipeline.demo.timeline import month_span, months
from svu_pipeline.demo.tray import Tray
from svu_pipeline.demo.truth import check_targets, kash_figures, month_figures, window_figures
from svu_pipeline.demo.write.database import write_database
from svu_pipeline.demo.write.delimited import write_property_file, write_register_file
from svu_pipeline.demo.write.lines import write_lines
from svu_pipeline.demo.write.pages import write_pages
from svu_pipeline.demo.write.public import write_public_month
from svu_pipeline.demo.write.returns import write_return
from svu_pipeline.demo.write.workbook import write_register


def generate(sources: Path, truth: Path, *, seed: int = 2023) -> None:
    """Writes the extract folder `sources` anew, in the layout of the ten systems, and the ledger `truth`.

    Beside the ledger stands `who_is_who.csv`: dataset, record_key and person of every record that can stand.

    The same seed gives the same bytes. The folder is built aside and renamed, so that it is whole or absent;
    what stood there is replaced. Raises MissedTargetError where the plan misses a figure of `targets.toml`.
    """
    targets = load_targets()
    force = plan_force(targets, seed)
    figures = {window: window_figures(force, window) for window in targets.windows}
    for window, values in figures.items():
        check_targets(values, window, targets)
    ledger = Ledger()
    aside = sources.with_name(f".{sources.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    desk = _Desk(force, targets, ledger, seed, aside)
    desk.write_all()
    shutil.rmtree(sources, ignore_errors=True)
    aside.rename(sources)
    _write_people(truth.with_name("who_is_who.csv"), desk.people)
    _write_truth(
        truth,
        {
            "seed": seed,
            "windows": figures,
            "months": month_figures(force),
            "kash": kash_figures(force),
            "defects": ledger.lines(),
            "rows": dict(sorted(ledger.rows.items())),
            "slips": desk.identities.slips(),
            "lookalikes": {
                kind: [[person.number for person in group] for group in groups]
                for kind, groups in sorted(force.lookalikes.items())
            },
        },
    )


def _write_truth(path: Path, content: dict[str, object]) -> None:
    _write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _write_people(path: Path, people: dict[tuple[str, str], int]) -> None:
    """One line a record that can stand: dataset, its key, and the number of the person it names."""
    lines = [f"{dataset},{key},{number}\n" for (dataset, key), number in sorted(people.items())]
    _write_text(path, "".join(["dataset,record_key,person\n", *lines]))


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(path)


class _Desk:
    """Prepares and writes source after source into one folder."""

    def __init__(self, force: Force, targets: Targets, ledger: Ledger, seed: int, folder: Path) -> None:
        self._force, self._targets, self._ledger = force, targets, ledger
        self._seed, self._folder = seed, folder
        self.identities = Identities(force, targets, ledger, self._stream("identities"))
        self.people: dict[tuple[str, str], int] = {}

    def write_all(self) -> None:
        self._custody()
        self._case_file()
        self._courts()
        self._property()
        self._registers()
        self._safeguarding()
        self._civil_orders()
        self._operations()
        self._police_uk()

    def _stream(self, source: str) -> Random:
        return Random(f"{self._seed}:deliver {source}")

    def _note_people(self, key: str, records: Iterable[Record]) -> None:
        """Whom each record that can stand is about."""
        for record in records:
            if record.fate == "current" and record.person:
                self.people[record.dataset, record.values[key]] = record.person.number

    def _subfolder(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _custody(self) -> None:
        tray = deliver_custody(self._force, self._targets, self._ledger, self._stream("custody"), self.identities)
        self._ledger.account_records(tray.records)
        self._note_people("custody_ref", tray.records)
        write_database(self._folder / "custody.sqlite", {"custody_record": (CUSTODY_COLUMNS, tray.records)})

    def _case_file(self) -> None:
        case_file = deliver_case_file(self._force, self._targets, self._ledger, self._stream("case_file"))
        tables = {
            "charge": (CHARGE_COLUMNS, case_file.charges.records),
            "custody_outcome": (OUTCOME_COLUMNS, case_file.outcomes.records),
            "remand_decision": (REMAND_COLUMNS, case_file.remands.records),
        }
        for _, records in tables.values():
            self._ledger.account_records(records)
        write_database(self._folder / "case_file.sqlite", tables)

    def _courts(self) -> None:
        courts = deliver_courts(self._force, self._targets, self._ledger, self._stream("courts"), self.identities)
        self._note_people("hearing_id", (record for page in courts.pages for record in page))
        write_pages(self._folder / "courts", courts.pages, courts.total)

    def _property(self) -> None:
        tray = deliver_property(self._force, self._targets, self._ledger, self._stream("property"))
        self._ledger.account_records(tray.records)
        folder, by_file = self._subfolder("property"), _by_file(tray)
        for day in weekly_dates():
            write_property_file(folder / f"property_{day:%Y%m%d}.csv", EXHIBIT_COLUMNS, by_file[day])

    def _registers(self) -> None:
        money = deliver_asset_recovery(self._force, self._targets, self._ledger, self._stream("asset_recovery"))
        warrants = deliver_warrants(self._force, self._targets, self._ledger, self._stream("warrants"))
        for tray in (money, warrants):
            self._ledger.account_records(tray.records)
        write_register(
            self._subfolder("asset_recovery") / "asset_recovery_register.xlsx",
            "Register",
            REGISTER_COLUMNS,
            money.records,
            titles=TITLE_ROWS,
            total=total_row(money),
            hidden_sheet="Old",
        )
        write_register(
            self._subfolder("warrants") / "warrants_register.xlsx",
            "Warrants",
            WARRANT_COLUMNS,
            warrants.records,
        )

    def _safeguarding(self) -> None:
        returns = deliver_safeguarding(
            self._force, self._targets, self._ledger, self._stream("safeguarding"), self.identities
        )
        self._ledger.account_records(returns.contacts.records)
        self._note_people("id", returns.contacts.records)
        folder, by_file = self._subfolder("safeguarding"), _by_file(returns.contacts)
        for day in returns.file_dates():
            withdrawn = [contact_id for date_of_file, contact_id in returns.withdrawals if date_of_file == day]
            write_return(folder / f"safeguarding_{day:%Y%m%d}.xml", day, by_file[day], withdrawn)

    def _civil_orders(self) -> None:
        civil = deliver_civil_orders(
            self._force, self._targets, self._ledger, self._stream("civil_orders"), self.identities
        )
        folder = self._subfolder("civil_orders")
        for tray in (civil.orders, civil.breaches):
            self._ledger.account_records(tray.records)
        self._note_people("order_ref", civil.orders.records)
        for name, columns, day, records in (
            ("civil_orders", ORDER_COLUMNS, EARLIER_FILE, civil.earlier_orders),
            ("civil_orders", ORDER_COLUMNS, LATEST_FILE, civil.orders.records),
            ("order_breaches", BREACH_COLUMNS, EARLIER_FILE, civil.earlier_breaches),
            ("order_breaches", BREACH_COLUMNS, LATEST_FILE, civil.breaches.records),
        ):
            write_register_file(folder / f"{name}_{day:%Y%m%d}.csv", columns, records)

    def _operations(self) -> None:
        log = deliver_operations(self._force, self._targets, self._ledger, self._stream("operations"))
        folder = self._subfolder("operations")
        operations, deployments = _by_file(log.operations), _by_file(log.deployments)
        for tray in (log.operations, log.deployments):
            self._ledger.account_records(tray.records)
        for month in months():
            day = month_span(month).last
            broken = [line for date_of_file, line in log.broken if date_of_file == day]
            write_lines(folder / f"operations_{day:%Y%m%d}.jsonl", operations[day])
            write_lines(folder / f"deployments_{day:%Y%m%d}.jsonl", deployments[day], broken)

    def _police_uk(self) -> None:
        account_police_uk(self._force, self._ledger)
        for month in self._force.public:
            write_public_month(self._folder / "police_uk", month)


def _by_file(tray: Tray) -> dict[date, list[Record]]:
    """The records by the date of their file; an empty list for a date without any."""
    files: dict[date, list[Record]] = defaultdict(list)
    for record in tray.records:
        files[record.delivered].append(record)
    return files
