"""The force's signature: Ed25519 (RFC 8032), the key in a file or variable that the settings name.

The public key goes into every release; its SHA-256 is what the force makes known, so that nobody takes another's for it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline import audit
from svu_pipeline.clock import Clock
from svu_pipeline.errors import Curable
from svu_pipeline.settings import Settings
from svu_pipeline.sources.place import Secret
from svu_pipeline.warehouse import Home, whole_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SigningKeyError(Curable):
    """The signing key is not there or cannot be used: says which, and what to do; never what it is."""


def new_key(settings: Settings, reason: str, clock: Clock) -> str:
    """Make the signing key where the settings say; gives the SHA-256 of its public key.

    Raises SigningKeyError when there is one, or when it is named by a variable, which is not ours to set.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = key_place(settings).file
    if path is None:
        raise SigningKeyError("the signing key is named by a variable. Make one elsewhere (PEM) and set the variable.")
    if path.exists():
        raise SigningKeyError(f"{path}: there is a signing key. Move it away first; what it signed stays signed.")
    key = Ed25519PrivateKey.generate()
    with whole_file(path) as aside:
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made = hashlib.sha256(public_pem(key)).hexdigest()
    audit.record(Home(settings.home), "new_signing_key", made, reason, clock)
    return made


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The signing key. Raises SigningKeyError when it is not there, can be read by others, or is no Ed25519 key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    place = key_place(settings)
    if place.file and not place.file.is_file():
        raise SigningKeyError(f"{place.file}: there is no signing key. `svu release new-key` makes one.")
    if place.file and place.file.stat().st_mode & 0o077:
        raise SigningKeyError(f"{place.file}: the signing key can be read by others. Make another and let this one go.")
    try:
        key = load_pem_private_key(place.read().encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError("the signing key is not an Ed25519 key in PEM without a password. Restore it.")
    return key


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public key of a signing key as PEM text."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_place(settings: Settings) -> Secret:
    """Where the signing key is: as the settings say, else `restricted/signing.key` in the home."""
    default: Path = settings.home / "restricted" / "signing.key"
    return settings.release.signing_key or Secret(file=default)
