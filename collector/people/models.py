"""Rows of the staff, sign-in links, sessions, devices and calendar feeds."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class Role(StrEnum):
    """The permissions of an actor; a person may hold several roles, a donor holds one."""

    DONOR = "donor"
    COLLECTOR = "collector"
    COORDINATOR = "coordinator"
    PROFESSIONAL = "professional"
    """A physician, a midwife or a nurse: interviews, reads health answers, decides."""
    QUALITY = "quality"
    LABORATORY = "laboratory"
    """A technician: takes milk over, pools, heats, samples."""
    RELEASER = "releaser"
    """Signs the release of lots of pasteurised milk."""
    DISPENSER = "dispenser"
    """Allocates released milk to orders, picks and checks it."""
    WARD = "ward"
    """A nurse of a ward: orders, receives and gives milk."""
    ADMIN = "admin"


class Surface(StrEnum):
    """A surface with sessions of its own.

    A browser may be signed in to several surfaces at once; the session of one opens no other.
    """

    DONOR = "milkround_donor"
    PHONE = "milkround_phone"
    DESK = "milkround_desk"
    WARD = "milkround_ward"


class Person(BankOwned, Base):
    """A member of a bank's staff."""

    __tablename__ = "people"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    language: Mapped[str]
    active: Mapped[bool]
    grants: Mapped[list["RoleGrant"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class RoleGrant(BankOwned, Base):
    """A role given to a person."""

    __tablename__ = "role_grants"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role]


class SignInLink(BankOwned, Base):
    """A sent sign-in link: kept as a hash, valid once, for fifteen minutes."""

    __tablename__ = "sign_in_links"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (donor_id IS NULL)", name="one_holder"),
    )

    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    sent_by: Mapped[str] = mapped_column(default="email")
    """The channel of the message; the second factor uses another one."""
    asked_by: Mapped[str] = mapped_column(default="", index=True)
    """The hash of the browser that asked for the link; the six figures work there alone."""
    code_hash: Mapped[str] = mapped_column(default="")
    """The hash of the six figures beside the link; empty without any."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Tries of the six figures."""


class WebSession(BankOwned, Base):
    """A signed-in browser: its token is kept as a hash, and the row can be revoked."""

    __tablename__ = "web_sessions"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (donor_id IS NULL)", name="one_holder"),
    )

    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("donors.id"))
    surface: Mapped[Surface]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """The latest use, to the minute; a page that refreshes itself does not count."""
    revoked_at: Mapped[datetime | None]
    sent_by: Mapped[str] = mapped_column(default="email")
    """The channel of the link that opened it."""
    proved_at: Mapped[datetime | None] = mapped_column(default=None)
    """The latest second factor; a donor's address and door code are shown from the first on."""
    browser: Mapped[str] = mapped_column(default="")
    """The system and the browser, without versions."""


class ProofCode(BankOwned, Base):
    """A second factor of six digits, sent by another channel than the link; kept as a hash."""

    __tablename__ = "proof_codes"

    session_id: Mapped[int] = mapped_column(ForeignKey("web_sessions.id"), index=True)
    code_hash: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int]
    used_at: Mapped[datetime | None]


class TotpSecret(BankOwned, Base):
    """The secret of an authenticator app: one confirmed and at most one pending per person."""

    __tablename__ = "totp_secrets"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    sealed: Mapped[str]
    """The secret, encrypted with a key that the database does not hold."""
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int]
    """The latest half minute of which a code was accepted: a code serves once."""


class RecoveryCode(BankOwned, Base):
    """A single-use code in place of a lost second factor; kept as a hash."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(BankOwned, Base):
    """A public key of a person's device, which unlocks it by PIN, face or finger."""

    __tablename__ = "passkeys"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    """In base64url, as the library gives it."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """Counter of the device; zero for a passkey that travels between devices."""
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Badge(BankOwned, Base):
    """A person's badge and PIN, which resume her own session at a shared screen."""

    __tablename__ = "badges"
    __table_args__ = (UniqueConstraint("bank_id", "code_mark"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    code_mark: Mapped[str]
    """A keyed digest of the badge's code."""
    pin_hash: Mapped[str]
    made_at: Mapped[datetime]
    wrong: Mapped[int]
    """Wrong PINs since the latest right one; the fifth locks the badge."""


class PasskeyChallenge(Base):
    """A random number that a device signs once, within five minutes; kept as a hash."""

    __tablename__ = "passkey_challenges"

    challenge_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderAccount(BankOwned, Base):
    """An account of a hospital's sign-in provider, linked to a person."""

    __tablename__ = "provider_accounts"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("issuer", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    """The provider's identifier of the account, which it gives to no other one."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    """The latest sign-in with two factors; None if the provider never asked for two."""


class SignInAttempt(Base):
    """A request for a sign-in link, counted in the database for all workers."""

    __tablename__ = "sign_in_attempts"

    address_hash: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


CLOCK_TOLERANCE = timedelta(minutes=2)
"""Largest error of a phone's clock that neither the collector nor the coordinator is shown."""


class Device(BankOwned, Base):
    """A collector's phone, identified by its own UUID; it may be revoked from the board."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("bank_id", "key", "person_id"),)

    key: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    """The model the phone reports, to tell a lost phone from the others."""
    session_id: Mapped[int | None] = mapped_column(ForeignKey("web_sessions.id"))
    first_seen_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    unsent: Mapped[int]
    """The number of unsent records at the last contact."""
    clock_ahead_seconds: Mapped[int | None]
    """Lead of the phone's clock at the last contact, negative if it is late; None if unknown."""
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def clock_error(self) -> timedelta:
        """The lead of the phone's clock, or zero if it is small, unknown or of a revoked phone."""
        lead = timedelta(seconds=self.clock_ahead_seconds or 0)
        return timedelta() if self.revoked_at or abs(lead) <= CLOCK_TOLERANCE else lead

    @property
    def needs_attention(self) -> bool:
        """Whether the phone holds unsent records or has a wrong clock."""
        return bool(self.unsent or self.clock_error)


class CalendarFeed(BankOwned, Base):
    """The secret address under which a person's calendar reads shifts."""

    __tablename__ = "calendar_feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    everybody: Mapped[bool]
    """Whether the feed shows all shifts, for a coordinator, or the person's own."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
