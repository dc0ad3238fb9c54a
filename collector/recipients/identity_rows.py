"""Rows of identities of recipients: read by `collector.recipients.sealing` and by recalls alone."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class RecipientIdentity(BankOwned, Base):
    """The name and the hospital number of a recipient."""

    __tablename__ = "recipient_identities"

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), unique=True)
    name: Mapped[str]
    hospital_number: Mapped[str]
    born_on: Mapped[date | None]
    sealed_at: Mapped[datetime | None]
    """The instant from which neither the ward nor the dispensary opens it; a recall may."""
