"""Secrets kept in the folder of an installation, each generated once.

The file appears by the rename of a finished one, under a lock of the folder: of several processes
that start at the same time, one generates the secret and the others read it.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FEWEST_CHARACTERS = 32
SECRETS = ("secret_key", "push_key", "audit_key")
"""Names of the files of secrets."""


class DamagedSecretError(Exception):
    """A kept secret that is empty or cut short; its text tells the remedy."""


def kept_secret(home: Path, name: str, *, length: int) -> str:
    """Return a secret of the installation, generated on first use.

    Parameters
    ----------
    home
        The folder of the installation; made if absent, for its owner only.
    name
        The name of the file.
    length
        Random bytes of a new secret.

    Raises
    ------
    DamagedSecretError
        The file is empty or cut short.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / name
    if not path.exists():
        with _locked(home):
            if not path.exists():
                _write_whole(path, secrets.token_urlsafe(length))
    found = path.read_text(encoding="ascii", errors="replace").strip()
    if len(found) < FEWEST_CHARACTERS:
        raise DamagedSecretError(
            f"{path} is empty or cut short: restore it from a backup. If there is none, delete it;"
            " a new one is generated, and signatures made with the old one are refused."
        )
    return found


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system releases it if this process dies."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
        os.fsync(held)
    finally:
        os.close(held)


def _write_whole(path: Path, text: str) -> None:
    """Write a file of the owner's only, durable before it has its name."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    made = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
