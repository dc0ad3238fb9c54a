"""The settings of an installation, read from the environment, with all mistakes told at once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

LANGUAGES = ("en", "fr")
GEOCODERS = ("none", "ban")


class SettingsError(Exception):
    """The environment holds mistakes: one sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from one installation to the next."""

    home: Path
    database_url: str
    secret_key: str
    public_url: str = "http://127.0.0.1:8000"
    geocoder: str = "none"
    planning_seconds: int = 8
    behind_proxies: int = 0
    testing: bool = False

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over TLS only."""
        return self.public_url.startswith("https://")


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read the settings.

    Parameters
    ----------
    environ
        `MILKROUND_HOME` (folder of the embedded database and the secret; default `instance`),
        `DATABASE_URL` (default SQLite in that folder), `SECRET_KEY` (default: made once and kept
        in that folder), `PUBLIC_URL`, `MILKROUND_GEOCODER` (`none`, `ban`),
        `MILKROUND_PLANNING_SECONDS`, `MILKROUND_PROXIES`.

    Raises
    ------
    SettingsError
        With every mistake found.
    """
    home = Path(environ.get("MILKROUND_HOME", "instance")).absolute()
    mistakes: list[str] = []
    database_url = _database_url(environ, home, mistakes)
    public_url = _public_url(environ, mistakes)
    geocoder = _choice(environ, "MILKROUND_GEOCODER", GEOCODERS, mistakes)
    seconds = _whole(environ, "MILKROUND_PLANNING_SECONDS", "8", (1, 600), mistakes)
    proxies = _whole(environ, "MILKROUND_PROXIES", "0", (0, 5), mistakes)
    secret = environ.get("SECRET_KEY", "")
    shortest = 32
    if secret and len(secret) < shortest:
        mistakes.append(f"SECRET_KEY has {len(secret)} characters; give at least {shortest}.")
    if mistakes:
        raise SettingsError(mistakes)
    return Settings(
        home=home,
        database_url=database_url,
        secret_key=secret or _kept_secret(home),
        public_url=public_url.rstrip("/"),
        geocoder=geocoder,
        planning_seconds=seconds,
        behind_proxies=proxies,
    )


def _database_url(environ: Mapping[str, str], home: Path, mistakes: list[str]) -> str:
    given = environ.get("DATABASE_URL") or f"sqlite:///{home / 'milkround.sqlite3'}"
    given = given.replace("postgres://", "postgresql://", 1)
    try:
        url = make_url(given)
    except ArgumentError:
        mistakes.append("DATABASE_URL is not a database address such as postgresql://host/name.")
        return given
    backend = url.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        mistakes.append(f"DATABASE_URL names {backend}; Milkround runs on sqlite or postgresql.")
    if backend == "postgresql" and find_spec("psycopg") is None:
        mistakes.append(
            "DATABASE_URL needs PostgreSQL's driver: pip install 'milkround[postgresql]'."
        )
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return given


def _public_url(environ: Mapping[str, str], mistakes: list[str]) -> str:
    given = environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        mistakes.append(f"PUBLIC_URL is {given!r}; give an address such as https://milk.example.")
    return given


def _choice(
    environ: Mapping[str, str], name: str, choices: tuple[str, ...], mistakes: list[str]
) -> str:
    given = environ.get(name, choices[0])
    if given not in choices:
        mistakes.append(f"{name} is {given!r}; choose one of {', '.join(choices)}.")
    return given


def _whole(
    environ: Mapping[str, str],
    name: str,
    default: str,
    bounds: tuple[int, int],
    mistakes: list[str],
) -> int:
    given, (low, high) = environ.get(name, default), bounds
    if given.isascii() and given.isdigit() and low <= int(given) <= high:
        return int(given)
    mistakes.append(f"{name} is {given!r}; give a whole number from {low} to {high}.")
    return low


def _kept_secret(home: Path) -> str:
    """Return the installation's secret, made on the first start and readable by its owner only."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")
