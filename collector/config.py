"""Settings of an installation, read from the environment; all mistakes are reported at once."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from collector.broker_settings import Broker, broker_from
from collector.kept_secrets import DamagedSecretError, kept_secret
from collector.oidc_settings import LOOPBACK_HOSTS, Oidc, oidc_from
from collector.upkeep_settings import Upkeep, choice, upkeep_from, whole

LANGUAGES = ("en", "fr")
GEOCODERS = ("none", "ban")
MAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PUSH_KEY_BYTES = 32
PUSH_HOSTS = (
    "fcm.googleapis.com,updates.push.services.mozilla.com,web.push.apple.com,.notify.windows.com"
)


class SettingsError(Exception):
    """Mistakes in the environment, one sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The SMTP server and the sender's address."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """The gateway of text messages (docs/messages.md)."""

    url: str
    token: str = field(default="", repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """The key of web push messages, and the permitted push services."""

    contact: str
    key: str = field(repr=False)
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSource:
    """The source of the board's map background (docs/settings.md).

    Attributes
    ----------
    url
        With `{z}`, `{x}` and `{y}`, or of a PMTiles archive; empty where `file` is one of ours.
    attribution
        The attribution required by the map's makers.
    """

    attribution: str
    url: str = ""
    file: Path | None = None

    @property
    def is_archive(self) -> bool:
        """Whether it is one PMTiles archive of vector tiles, not pictures."""
        return self.file is not None or urlsplit(self.url).path.endswith(".pmtiles")

    @property
    def host(self) -> str:
        """The scheme and host of the tiles, for the content security policy; empty for our own."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if self.url else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation."""

    home: Path
    database_url: str
    secret_key: str
    public_url: str = "http://127.0.0.1:8000"
    geocoder: str = "none"
    planning_seconds: int = 8
    behind_proxies: int = 0
    mail: Mail | None = None
    sms: Sms | None = None
    push: Push | None = None
    map: MapSource | None = None
    webhook_networks: tuple[str, ...] = ()
    """Private networks that webhooks may reach, such as `10.0.0.0/8`."""
    oidc: Oidc | None = None
    broker: Broker | None = None
    """The broker of more than one machine; None with the embedded queue."""
    upkeep: Upkeep = field(default_factory=Upkeep)
    demonstration: bool = False
    """Whether the staff signs in without a second factor: invented data, this machine alone."""
    testing: bool = False

    @property
    def host(self) -> str:
        """The host of the public address, without its port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """The hosts that a request may name; every name of this machine, if it is its own."""
        return LOOPBACK_HOSTS if self.host in LOOPBACK_HOSTS else frozenset({self.host})

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over TLS only."""
        return self.public_url.startswith("https://")


SHORTEST_SECRET = 32
"""Characters of `SECRET_KEY`."""


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read the settings.

    Parameters
    ----------
    environ
        `MILKROUND_HOME` (folder of the embedded database and the secret; default `instance`),
        `DATABASE_URL` (default SQLite in that folder), `SECRET_KEY` (default: made once and kept
        in that folder), `PUBLIC_URL`, `MILKROUND_GEOCODER` (`none`, `ban`),
        `MILKROUND_PLANNING_SECONDS`, `MILKROUND_PROXIES`, `MILKROUND_DEMONSTRATION`;
        `MILKROUND_SMTP_URL`, `MILKROUND_MAIL_FROM`;
        `MILKROUND_SMS_URL`, `MILKROUND_SMS_TOKEN`, `MILKROUND_SMS_FROM`;
        `MILKROUND_PUSH_CONTACT`, `MILKROUND_PUSH_KEY`, `MILKROUND_PUSH_HOSTS`;
        `MILKROUND_MAP`, `MILKROUND_MAP_ATTRIBUTION`; `MILKROUND_WEBHOOK_NETWORKS`;
        and those of `upkeep_from`, `oidc_from` and `broker_from`.

    Raises
    ------
    SettingsError
        With every mistake found.
    """
    home = Path(environ.get("MILKROUND_HOME", "instance")).absolute()
    mistakes: list[str] = []
    database_url = _database_url(environ, home, mistakes)
    public_url = _public_url(environ, mistakes)
    geocoder = choice(environ, "MILKROUND_GEOCODER", GEOCODERS, mistakes)
    seconds = whole(environ, "MILKROUND_PLANNING_SECONDS", "8", (1, 600), mistakes)
    proxies = whole(environ, "MILKROUND_PROXIES", "0", (0, 5), mistakes)
    mail, sms = _mail(environ, mistakes), _sms(environ, mistakes)
    _judge_push(environ, mistakes)
    demonstration = _demonstration(environ, public_url, mistakes)
    background, networks = _map(environ, mistakes), _networks(environ, mistakes)
    oidc, broker = oidc_from(environ, mistakes), broker_from(environ, database_url, mistakes)
    secret = environ.get("SECRET_KEY", "")
    if secret and len(secret) < SHORTEST_SECRET:
        mistakes.append(f"SECRET_KEY has {len(secret)} characters, not {SHORTEST_SECRET} or more.")
    if not mistakes:
        secret = secret or _kept(home, "secret_key", 48, mistakes)
    upkeep = upkeep_from(environ, home, mistakes)
    push = None if mistakes else _push(environ, home, mistakes)
    if mistakes:
        raise SettingsError(mistakes)
    return Settings(
        home=home,
        database_url=database_url,
        secret_key=secret,
        public_url=public_url.rstrip("/"),
        geocoder=geocoder,
        planning_seconds=seconds,
        behind_proxies=proxies,
        mail=mail,
        sms=sms,
        push=push,
        map=background,
        webhook_networks=networks,
        oidc=oidc,
        broker=broker,
        upkeep=upkeep,
        demonstration=demonstration,
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


def _demonstration(environ: Mapping[str, str], public_url: str, mistakes: list[str]) -> bool:
    wanted = environ.get("MILKROUND_DEMONSTRATION", "") == "1"
    if wanted and urlsplit(public_url).hostname not in LOOPBACK_HOSTS:
        mistakes.append(
            "MILKROUND_DEMONSTRATION takes the second factor away: it needs a PUBLIC_URL of this "
            "machine, such as http://127.0.0.1:8000."
        )
    return wanted


def _mail(environ: Mapping[str, str], mistakes: list[str]) -> Mail | None:
    given, sender = environ.get("MILKROUND_SMTP_URL", ""), environ.get("MILKROUND_MAIL_FROM", "")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        schemes = ", ".join(MAIL_SCHEMES)
        mistakes.append(f"MILKROUND_SMTP_URL names no mail server: begin with one of {schemes}://.")
        return None
    if "@" not in sender:
        mistakes.append("MILKROUND_MAIL_FROM is missing: the address that messages come from.")
    return Mail(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or MAIL_SCHEMES[parts.scheme],
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _sms(environ: Mapping[str, str], mistakes: list[str]) -> Sms | None:
    url = environ.get("MILKROUND_SMS_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        mistakes.append("MILKROUND_SMS_URL is no address such as https://gateway.example/messages.")
    return Sms(
        url=url,
        token=environ.get("MILKROUND_SMS_TOKEN", ""),
        sender=environ.get("MILKROUND_SMS_FROM", ""),
    )


def _networks(environ: Mapping[str, str], mistakes: list[str]) -> tuple[str, ...]:
    given = environ.get("MILKROUND_WEBHOOK_NETWORKS", "").split(",")
    named = tuple(text.strip() for text in given if text.strip())
    for text in named:
        try:
            ip_network(text)
        except ValueError:
            mistakes.append(
                f"MILKROUND_WEBHOOK_NETWORKS has {text!r}; give networks such as 10.0.0.0/8."
            )
    return named


def _map(environ: Mapping[str, str], mistakes: list[str]) -> MapSource | None:
    given = environ.get("MILKROUND_MAP", "")
    attribution = environ.get("MILKROUND_MAP_ATTRIBUTION", "\N{COPYRIGHT SIGN} OpenStreetMap")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme in {"http", "https"} and parts.netloc:
        tiled = all(part in given for part in ("{z}", "{x}", "{y}"))
        if tiled or parts.path.endswith(".pmtiles"):
            return MapSource(url=given, attribution=attribution)
        mistakes.append(
            "MILKROUND_MAP names neither tiles ({z}, {x} and {y}) nor a .pmtiles archive."
        )
        return None
    file = Path(given).absolute()
    if file.suffix != ".pmtiles" or not file.is_file():
        mistakes.append(f"MILKROUND_MAP is {given!r}: there is no such .pmtiles file.")
        return None
    return MapSource(file=file, attribution=attribution)


def _judge_push(environ: Mapping[str, str], mistakes: list[str]) -> None:
    contact, key = (environ.get(f"MILKROUND_PUSH_{name}", "") for name in ("CONTACT", "KEY"))
    if contact and not contact.startswith(("mailto:", "https://")):
        mistakes.append("MILKROUND_PUSH_CONTACT is no address: write mailto:name@hospital.example.")
    if key and len(_unpadded(key)) != PUSH_KEY_BYTES:
        mistakes.append("MILKROUND_PUSH_KEY is not 32 bytes in base64url.")


def _push(environ: Mapping[str, str], home: Path, mistakes: list[str]) -> Push | None:
    contact = environ.get("MILKROUND_PUSH_CONTACT", "")
    if not contact:
        return None
    hosts = environ.get("MILKROUND_PUSH_HOSTS", PUSH_HOSTS).split(",")
    return Push(
        contact=contact,
        key=environ.get("MILKROUND_PUSH_KEY") or _kept(home, "push_key", PUSH_KEY_BYTES, mistakes),
        hosts=tuple(host.strip() for host in hosts if host.strip()),
    )


def _unpadded(text: str) -> bytes:
    """Return the bytes of base64url text without padding; empty if it is invalid."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _kept(home: Path, name: str, length: int, mistakes: list[str]) -> str:
    """Return a secret of the installation from its folder, generated on first use."""
    try:
        return kept_secret(home, name, length=length)
    except DamagedSecretError as damaged:
        mistakes.append(str(damaged))
        return ""
