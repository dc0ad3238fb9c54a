"""Freezing of a scope: its rows, and the hash that proves them unchanged."""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from collector.recall.models import Recall, RecallItem
from collector.recall.scope import ScopeItem

FROZEN = (
    *("form", "number", "part", "volume_ml", "declared", "whereabouts", "place"),
    *("ward_id", "recipient_id"),
)
"""The columns under the hash, in their order; a fate changes afterwards."""


def hash_of_scope(recall: Recall, items: Iterable[ScopeItem | Row[*tuple[Any, ...]]]) -> str:
    """Return the SHA-256 of a recall's subject and of the frozen columns of its milk.

    The order of the items does not matter.
    """
    head = (recall.subject, recall.label, recall.since, recall.until)
    lines = sorted("\t".join(_text(getattr(each, name)) for name in FROZEN) for each in items)
    text = "\n".join(["\t".join(map(_text, head)), *lines])
    return hashlib.sha256(text.encode()).hexdigest()


def write_items(session: Session, recall: Recall, items: Iterable[ScopeItem]) -> None:
    """Write the rows of a scope."""
    columns = ("pickup_id", "container_id", "pool_id", "bottle_id", "fate")
    rows = [
        {name: getattr(each, name) for name in (*FROZEN, *columns)}
        | {
            "bank_id": recall.bank_id,
            "recall_id": recall.id,
            "fate_at": recall.opened_at if each.fate else None,
            "fate_by_id": None,
        }
        for each in items
    ]
    if rows:
        session.execute(insert(RecallItem), rows)


def is_unchanged(session: Session, recall: Recall) -> bool:
    """Return whether the stored scope is the one under the hash."""
    columns = (getattr(RecallItem, name) for name in FROZEN)
    rows = session.execute(select(*columns).where(RecallItem.recall_id == recall.id))
    return hash_of_scope(recall, rows) == recall.scope_hash


def _text(value: object) -> str:
    return "" if value is None else str(value)
