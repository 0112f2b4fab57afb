"""Sign-offs: a statistician and a press officer, two people, over the hash of what they saw.

What is proven: a typed name is a claim. That the two are two people is checked on the names as typed, letters and digits
alone; the account (`audit.who`) of each is in the audit log, and two sign-offs under one account are told of. A sign-off is
bound to its entry in the audit log, so none can be written by hand; and to the hash, so a changed release has none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from svu_pipeline import audit
from svu_pipeline.clock import Clock, written
from svu_pipeline.release.folder import ReleaseError, as_json, differences, folder_of, hash_of, read, write_beside
from svu_pipeline.release.offline import ROLES
from svu_pipeline.release.registry import find
from svu_pipeline.warehouse import Home, locked

ACTION = "sign_off"


class SignOffError(ReleaseError):
    """A sign-off that cannot be: says why, and what to do."""


@dataclass(frozen=True)
class SignOff:
    """One sign-off: in which role, by whom as typed, over which hash, when; it is published.

    `audited` is the hash of its entry in the audit log, which has the account too.
    """

    release: str
    role: str
    name: str
    saw: str
    at: str
    audited: str


def sign(home: Home, release: str, role: str, name: str, saw: str, clock: Clock) -> SignOff:
    """Sign a release off in a role, over the hash that was seen; it stands until the release changes.

    Raises SignOffError: an unknown role, no name, another hash than the release's, a release that is published or not as
    it was prepared, a role that is signed already, the person of the other role.
    """
    with locked(home, "releases"):
        folder = folder_of(home, release)
        _require_signable(home, folder, release, role, name, saw)
        at = clock()
        audited = audit.record(home, ACTION, _subject(release, role, saw), name.strip(), lambda: at)
        made = SignOff(release, role, name.strip(), saw, written(at), audited)
        write_beside(folder, f"signoffs/{role}.json", as_json(asdict(made)).encode())
    return made


def sign_offs(home: Home, folder: Path) -> dict[str, SignOff]:
    """The valid sign-offs of a release, by role: over its hash, each as the audit log has it."""
    entries = {entry.sha256: entry for entry in audit.entries(home) if entry.action == ACTION}
    found = [one for role in ROLES if (one := _signed(folder, role))]
    return {one.role: one for one in found if _is_bound(one, folder, entries.get(one.audited))}


def unsigned(home: Home, folder: Path) -> list[str]:
    """What is missing of the sign-offs of two different people; empty when all is there."""
    found = sign_offs(home, folder)
    missing = [f"no valid sign-off as {role.replace('_', ' ')}" for role in ROLES if role not in found]
    if len({same_name(one.name) for one in found.values()}) < len(found):
        missing.append("both sign-offs are one person's")
    return missing


def is_under_one_account(home: Home, folder: Path) -> bool:
    """Whether both sign-offs were given under one account: then that two people signed is what was typed."""
    audited = {one.audited for one in sign_offs(home, folder).values()}
    accounts = {entry.who for entry in audit.entries(home) if entry.sha256 in audited}
    return len(audited) == len(ROLES) and len(accounts) == 1


def same_name(name: str) -> str:
    """A name as names are compared: letters and digits alone, whatever their case."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _require_signable(home: Home, folder: Path, release: str, role: str, name: str, saw: str) -> None:
    if role not in ROLES:
        raise SignOffError(f"a release is signed off as {' or '.join(ROLES)}, not as another.")
    if not same_name(name):
        raise SignOffError("a release is signed off by a named person. Give --name.")
    if find(home, release):
        raise SignOffError(f"release {release} has been published: it is signed. Revise it to change it.")
    if wrong := differences(folder):
        raise SignOffError(f"release {release} is not as it was prepared ({wrong[0]}). Prepare it again.")
    if saw != hash_of(folder):
        raise SignOffError(f"release {release} has another hash than the one that was seen. Look at it again.")
    standing = sign_offs(home, folder)
    if role in standing:
        raise SignOffError(f"release {release} is signed off as {role} already, by {standing[role].name}.")
    if any(same_name(one.name) == same_name(name) for one in standing.values()):
        raise SignOffError(
            f"{name.strip()} has signed release {release} off already. The other role is another person's."
        )


def _signed(folder: Path, role: str) -> SignOff | None:
    """The sign-off of a role as it lies in the folder; None where it is none."""
    path = folder / "signoffs" / f"{role}.json"
    if not path.is_file():
        return None
    try:
        found = SignOff(**read(path.parent, path.name))
    except (ValueError, TypeError):
        return None
    return found if found.role == role else None


def _is_bound(one: SignOff, folder: Path, entry: audit.Entry | None) -> bool:
    """Whether a sign-off is over what lies in the folder, and as the audit log has it."""
    if entry is None or one.saw != hash_of(folder) or one.release != folder.name:
        return False
    return (entry.subject, entry.why, entry.at) == (_subject(one.release, one.role, one.saw), one.name, one.at)


def _subject(release: str, role: str, saw: str) -> str:
    return f"{release} {role} {saw}"
