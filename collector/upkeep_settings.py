"""Settings of the care of an installation: audit key, backups, logs, metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.kept_secrets import FEWEST_CHARACTERS, DamagedSecretError, kept_secret

RECIPIENT = "age1"
"""Beginning of a public key of age."""
AUDIT_HEADS = ("kept", "mailed")
LOGS = ("auto", "json", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """Backups that the worker makes.

    Attributes
    ----------
    folder
        The folder of the encrypted files, best on another machine.
    recipients
        Public keys of age; a holder of one of their identities can restore.
    every_minutes
        Interval of the backups; default 60.
    keep, days
        The newest files to keep, and the days of which the last file is kept.
    """

    folder: Path
    recipients: tuple[str, ...]
    every_minutes: int = 60
    keep: int = 48
    days: int = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Settings of the care of an installation (docs/running.md)."""

    audit_key: str = field(default="", repr=False)
    heads_are_mailed: bool = False
    backups: BackupPlan | None = None
    logs: str = "auto"
    metrics: bool = False


def upkeep_from(environ: Mapping[str, str], home: Path, mistakes: list[str]) -> Upkeep:
    """Read the settings of care.

    Parameters
    ----------
    environ
        `MILKROUND_AUDIT_KEY`, `MILKROUND_AUDIT_HEADS` (`kept`, `mailed`), `MILKROUND_BACKUP_TO`,
        `MILKROUND_BACKUP_KEYS`, `MILKROUND_BACKUP_MINUTES`, `MILKROUND_BACKUP_KEEP`,
        `MILKROUND_BACKUP_DAYS`, `MILKROUND_LOGS` (`auto`, `json`, `text`), `MILKROUND_METRICS`
        (`off`, `on`).
    mistakes
        Gets a sentence for each mistake.
    """
    return Upkeep(
        audit_key=_audit_key(environ, home, mistakes),
        heads_are_mailed=choice(environ, "MILKROUND_AUDIT_HEADS", AUDIT_HEADS, mistakes)
        == "mailed",
        backups=_backups(environ, mistakes),
        logs=choice(environ, "MILKROUND_LOGS", LOGS, mistakes),
        metrics=choice(environ, "MILKROUND_METRICS", ("off", "on"), mistakes) == "on",
    )


def choice(
    environ: Mapping[str, str], name: str, choices: tuple[str, ...], mistakes: list[str]
) -> str:
    """Return one of the choices; the first is the default."""
    given = environ.get(name, choices[0])
    if given not in choices:
        mistakes.append(f"{name} is {given!r}; choose one of {', '.join(choices)}.")
    return given


def whole(
    environ: Mapping[str, str],
    name: str,
    default: str,
    bounds: tuple[int, int],
    mistakes: list[str],
) -> int:
    """Return a whole number within bounds."""
    given, (low, high) = environ.get(name, default), bounds
    if given.isascii() and given.isdigit() and low <= int(given) <= high:
        return int(given)
    mistakes.append(f"{name} is {given!r}; give a whole number from {low} to {high}.")
    return low


def _audit_key(environ: Mapping[str, str], home: Path, mistakes: list[str]) -> str:
    given = environ.get("MILKROUND_AUDIT_KEY", "")
    if given and len(given) < FEWEST_CHARACTERS:
        mistakes.append(
            f"MILKROUND_AUDIT_KEY has {len(given)} characters; give at least {FEWEST_CHARACTERS}."
        )
    if given or mistakes:
        return given
    try:
        return kept_secret(home, "audit_key", length=48)
    except DamagedSecretError as damaged:
        mistakes.append(str(damaged))
        return ""


def _backups(environ: Mapping[str, str], mistakes: list[str]) -> BackupPlan | None:
    folder, keys = environ.get("MILKROUND_BACKUP_TO", ""), environ.get("MILKROUND_BACKUP_KEYS", "")
    if not folder:
        return None
    recipients = tuple(key.strip() for key in keys.split(",") if key.strip())
    if not recipients or not all(key.startswith(RECIPIENT) for key in recipients):
        mistakes.append(
            "MILKROUND_BACKUP_KEYS is missing: public keys of age (age1...), with commas;"
            " `milkround key` makes a pair."
        )
    return BackupPlan(
        folder=Path(folder).absolute(),
        recipients=recipients,
        every_minutes=whole(environ, "MILKROUND_BACKUP_MINUTES", "60", (5, 1440), mistakes),
        keep=whole(environ, "MILKROUND_BACKUP_KEEP", "48", (1, 10_000), mistakes),
        days=whole(environ, "MILKROUND_BACKUP_DAYS", "35", (0, 3_660), mistakes),
    )
