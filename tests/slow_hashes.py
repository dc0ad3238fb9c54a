"""Watch of the slow hashes: whether a transaction of this process was open at each one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from flask import Flask
from sqlalchemy import Connection, event

from collector.db import db


@contextmanager
def hashes_of(app: Flask) -> Iterator[list[bool]]:
    """Collect whether a statement had begun a transaction at each call of scrypt."""
    found: list[bool] = []
    opened: set[int] = set()
    original = hashlib.scrypt

    def watched(text: bytes, *, salt: bytes, n: int, r: int, p: int) -> bytes:
        found.append(bool(opened))
        return original(text, salt=salt, n=n, r=r, p=p)

    def begun(connection: Connection, *_: object) -> None:
        opened.add(id(connection.connection.dbapi_connection))

    def ended(connection: Connection) -> None:
        opened.discard(id(connection.connection.dbapi_connection))

    with app.app_context():
        engine = db.engine
    watches = (("before_cursor_execute", begun), ("commit", ended), ("rollback", ended))
    for name, watch in watches:
        event.listen(engine, name, watch)
    try:
        with patch.object(hashlib, "scrypt", watched):
            yield found
    finally:
        for name, watch in watches:
            event.remove(engine, name, watch)
