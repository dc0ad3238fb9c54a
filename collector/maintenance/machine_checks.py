"""Checks of the machine: settings, secrets, disk, clock, certificates of the gateways."""

import ctypes
import shutil
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from collector.audit.models import AuditEntry
from collector.config import Settings
from collector.kept_secrets import SECRETS
from collector.maintenance.findings import HealthFinding, act, fine, note

OTHERS = 0o077
LEAST_FREE_BYTES = 1_000_000_000
LEAST_FREE_SHARE = 0.05
TIME_ERROR = 5
"""Answer of `adjtimex` while no time server steers the clock (linux/timex.h)."""
TIMEX_BYTES = 512
"""More than the size of `struct timex`."""
MOST_SECONDS_APART = 5.0
MOST_SECONDS_AHEAD = 120.0
DAYS_TO_RENEW = 14
PATIENCE_SECONDS = 10
LOCAL = ("127.0.0.1", "localhost", "::1")


def check_settings(settings: Settings) -> Iterator[HealthFinding]:
    """Check the settings that a real installation needs."""
    host = urlsplit(settings.public_url).hostname or ""
    if host in LOCAL:
        yield note("address_local", address=settings.public_url)
    elif not settings.secure_cookies:
        yield act("address_plain", address=settings.public_url)
    else:
        yield fine("address_fine", address=settings.public_url)
    yield fine("mail_fine") if settings.mail else note("mail_missing")


def check_secrets(home: Path) -> HealthFinding:
    """Check that only the owner can read the secrets of the folder."""
    found = [home / name for name in SECRETS if (home / name).exists()]
    open_ones = [path.name for path in found if path.stat().st_mode & OTHERS]
    if open_ones:
        return act("secrets_open", names=", ".join(open_ones), folder=str(home))
    return fine("secrets_fine")


def check_disk(home: Path) -> HealthFinding:
    """Check the free space of the folder's disk."""
    usage = shutil.disk_usage(home)
    figures = {"gigabytes": round(usage.free / 1e9, 1), "percent": usage.free * 100 // usage.total}
    if usage.free < max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total):
        return act("disk_full", **figures)
    return fine("disk_fine", **figures)


def check_clock(session: Session, *, now: datetime) -> HealthFinding:
    """Compare the clock with a time server's, the database's, and the newest entry's."""
    newest = session.scalar(select(func.max(AuditEntry.at)))
    if newest is not None and (ahead := (newest - now).total_seconds()) > MOST_SECONDS_AHEAD:
        return act("clock_behind", minutes=round(ahead / 60))
    if session.get_bind().dialect.name == "postgresql":
        theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = abs((theirs - now).total_seconds())
        if apart > MOST_SECONDS_APART:
            return act("clocks_differ", seconds=round(apart))
    steered = _is_steered()
    if steered is None:
        return note("clock_unknown")
    return fine("clock_fine") if steered else note("clock_free")


def check_certificates(settings: Settings, *, now: datetime) -> Iterator[HealthFinding]:
    """Check the certificates of the page's address and of the gateways."""
    public = urlsplit(settings.public_url)
    if public.scheme == "https" and public.hostname:
        yield check_certificate(public.hostname, public.port or 443, now=now)
    mail = settings.mail
    if mail and mail.scheme != "smtp":
        yield check_certificate(
            mail.host, mail.port, now=now, starttls=mail.scheme == "smtp+starttls"
        )
    if settings.sms:
        gateway = urlsplit(settings.sms.url)
        if gateway.scheme == "https" and gateway.hostname:
            yield check_certificate(gateway.hostname, gateway.port or 443, now=now)


def check_certificate(
    host: str,
    port: int,
    *,
    now: datetime,
    starttls: bool = False,
    context: ssl.SSLContext | None = None,
) -> HealthFinding:
    """Check that a server's certificate is valid, and for how long.

    Parameters
    ----------
    context
        The trusted authorities; default the system's.
    """
    named = {"host": f"{host}:{port}"}
    try:
        certificate = _certificate(host, port, starttls, context or ssl.create_default_context())
    except ssl.SSLCertVerificationError as refused:
        return act("certificate_refused", reason=refused.verify_message, **named)
    except (OSError, smtplib.SMTPException) as away:
        return act("gateway_away", reason=type(away).__name__, **named)
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    days = (ends - now).days
    if days < DAYS_TO_RENEW:
        return act("certificate_ends", days=days, **named)
    return fine("certificate_fine", days=days, **named)


def _certificate(host: str, port: int, starttls: bool, context: ssl.SSLContext) -> dict[str, str]:  # noqa: FBT001 - passed on
    if starttls:
        with smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS) as server:
            server.starttls(context=context)
            return _peer(server.sock)
    with (
        socket.create_connection((host, port), timeout=PATIENCE_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as sealed,
    ):
        return _peer(sealed)


def _peer(sealed: object) -> dict[str, str]:
    if not isinstance(sealed, ssl.SSLSocket):
        raise ConnectionError("the connection is not encrypted")
    found = sealed.getpeercert() or {}
    return {"notAfter": str(found["notAfter"])}


def _is_steered() -> bool | None:
    """Return whether a time server steers the clock; None if the system does not tell."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "adjtimex"):
        return None
    answer = library.adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return None if answer < 0 else answer != TIME_ERROR
