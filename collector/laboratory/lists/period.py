"""The period of a list, and the type of its statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_
from sqlalchemy.orm import InstrumentedAttribute

At = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPeriod:
    """A bank's period from an instant to another, the end excluded."""

    bank_id: int
    begin: datetime
    end: datetime

    def holds(self, bank: InstrumentedAttribute[int], at: At) -> ColumnElement[bool]:
        """Return the condition on rows of the bank with an instant in the period."""
        return and_(bank == self.bank_id, at >= self.begin, at < self.end)


AnySelect = Select[*tuple[Any, ...]]
