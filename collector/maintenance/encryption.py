"""Encryption of backups to public keys of age, and its check.

A server holds public keys only. To prove that a file can be decrypted, it is encrypted to a key of
this one run besides, decrypted with it, and compared; that key is then forgotten.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage import x25519

from collector.maintenance.errors import BackupError

CHUNK = 1024 * 1024
IDENTITY = "AGE-SECRET-KEY-"


def new_identity(file: Path) -> str:
    """Write a new identity to a file of its owner's only, and return its public key."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(made, "w", encoding="ascii") as opened:
        opened.write(f"# public key: {public}\n{identity}\n")
    return public


def read_identities(file: Path) -> list[x25519.Identity]:
    """Return the identities of a file, as `age-keygen` and `milkround key` write it.

    Raises
    ------
    BackupError
        The file holds none.
    """
    lines = file.read_text("utf-8", errors="replace").split()
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line.startswith(IDENTITY)]
    except pyrage.IdentityError as wrong:
        raise BackupError(f"{file} holds a damaged identity of age.") from wrong
    if not found:
        raise BackupError(f"{file} holds no identity of age ({IDENTITY}...).")
    return found


def encrypt_and_prove(plain: Path, target: Path, recipients: Sequence[str]) -> None:
    """Encrypt a file, prove that it can be decrypted, and give it its name.

    Raises
    ------
    BackupError
        A public key is not valid, or the encrypted file differs from the plain one.
    """
    try:
        keys = [x25519.Recipient.from_str(key) for key in recipients]
    except pyrage.RecipientError as wrong:
        raise BackupError("A public key of age is not valid: it begins with age1.") from wrong
    if not keys:
        raise BackupError("Name a public key of age; `milkround key FILE` makes a pair.")
    witness = x25519.Identity.generate()
    unfinished = target.with_suffix(".part")
    try:
        with plain.open("rb") as source, unfinished.open("wb") as sealed:
            pyrage.encrypt_io(source, sealed, [*keys, witness.to_public()])
            sealed.flush()
            os.fsync(sealed.fileno())
        with plain.open("rb") as source:
            expected = hashlib.file_digest(source, "sha256").hexdigest()
        if _digest_of_decrypted(unfinished, witness) != expected:
            raise BackupError(f"{unfinished} differs from its content: the disk may be failing.")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def decrypt(sealed: Path, plain: Path, identities: Sequence[x25519.Identity]) -> None:
    """Decrypt a backup to a file.

    Raises
    ------
    BackupError
        It was encrypted to another key, or it is cut short or damaged.
    """
    try:
        with sealed.open("rb") as source, plain.open("wb") as target:
            pyrage.decrypt_io(source, target, list(identities))
    except (pyrage.DecryptError, OSError) as wrong:
        plain.unlink(missing_ok=True)
        raise BackupError(
            f"{sealed} cannot be decrypted: it is of another key, or cut short or damaged."
        ) from wrong


class _Digest:
    """File that keeps the digest of its content only."""

    def __init__(self) -> None:
        self.sum = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""


def _digest_of_decrypted(sealed: Path, identity: x25519.Identity) -> str:
    digest = _Digest()
    try:
        with sealed.open("rb") as source:
            _decrypt_to(source, digest, identity)
    except (pyrage.DecryptError, OSError):
        return ""
    return digest.sum.hexdigest()


def _decrypt_to(source: BinaryIO, target: _Digest, identity: x25519.Identity) -> None:
    pyrage.decrypt_io(source, target, [identity])
