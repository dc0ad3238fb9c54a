"""The one-time code that opens the first bank: printed on the console, kept in the home folder."""

import secrets
from pathlib import Path

NAME = "opening_code"
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for one another."""
LENGTH = 12


def opening_code(home: Path) -> str:
    """Return the code of an installation without a bank, made on the first call."""
    path = home / NAME
    if not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(secrets.choice(SIGNS) for _ in range(LENGTH)), encoding="ascii")
    return path.read_text(encoding="ascii")


def is_opening_code(home: Path, typed: str) -> bool:
    """Return whether a text is the code; hyphens, spaces and small letters do not matter."""
    path = home / NAME
    if not path.exists():
        return False
    said = typed.replace("-", "").replace(" ", "").upper()
    return secrets.compare_digest(said.encode(), path.read_bytes())


def forget_opening_code(home: Path) -> None:
    """Delete the code: it works once."""
    (home / NAME).unlink(missing_ok=True)
