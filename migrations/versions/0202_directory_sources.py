"""Sources of the directory's entries, and the public texts of a bank.

A directory of 0.1 printed "read at its own page" for entries read in the press. The shipped facts
complete the entries of such a directory. An entry that an administrator saved keeps every value:
only its empty telephone, page and address are filled.
"""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import collector.banks

revision = "0202"
down_revision = "0201"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORD = sa.String(40)
"""A member of an enumeration."""

FACTS = Path(collector.banks.__file__).parent

LACTARIUMS = sa.table(
    "lactariums",
    *(sa.column(name, sa.Integer()) for name in ("id", "bank_id", "radius_km", "version")),
    *(
        sa.column(name, sa.String())
        for name in (
            "name", "town", "postcode", "kind", "takes_anonymous", "phone", "website", "evidence",
            "checked_by", "email", "phone_source", "home_collection", "area",
        )
    ),
    *(sa.column(name, sa.Double()) for name in ("latitude", "longitude")),
    *(sa.column(name, JSON) for name in ("postcodes", "sources")),
    sa.column("checked_on", sa.Date()),
    sa.column("listed", sa.Boolean()),
)  # fmt: skip


def upgrade() -> None:
    for column in (
        sa.Column("checked_by", sa.String(), nullable=False, server_default=""),
        sa.Column("email", sa.String(), nullable=False, server_default=""),
        sa.Column("phone_source", WORD, nullable=False, server_default="unknown"),
        sa.Column("home_collection", WORD, nullable=False, server_default="unknown"),
        sa.Column("area", sa.String(), nullable=False, server_default=""),
        sa.Column("sources", JSON, nullable=False, server_default="[]"),
    ):
        op.add_column("lactariums", column)
    op.create_table(
        "public_texts",
        sa.Column("key", WORD, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_public_texts_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_texts")),
        sa.UniqueConstraint(
            "bank_id", "key", "language", name=op.f("uq_public_texts_bank_id_key_language")
        ),
    )
    op.create_index(op.f("ix_public_texts_bank_id"), "public_texts", ["bank_id"])
    _add_facts(op.get_bind())


def downgrade() -> None:
    op.drop_table("public_texts")
    with op.batch_alter_table("lactariums") as batch:
        for name in ("sources", "area", "home_collection", "phone_source", "email", "checked_by"):
            batch.drop_column(name)


def _add_facts(connection: sa.Connection) -> None:
    """Complete the entries of a French directory; one without any of its entries stays."""
    rows = {(row.name, row.town): row for row in connection.execute(sa.select(LACTARIUMS)).all()}
    facts = _facts()
    if not any((fact["name"], fact["town"]) in rows for fact in facts):
        return
    for fact in facts:
        row = rows.get((fact["name"], fact["town"]))
        if row is None:
            if fact["is_new"]:
                connection.execute(sa.insert(LACTARIUMS).values(_new(fact)))
        else:
            values = _completed(row, fact)
            connection.execute(
                sa.update(LACTARIUMS).where(LACTARIUMS.c.id == row.id).values(values)
            )


def _facts() -> list[dict[str, object]]:
    with (FACTS / "lactariums_france_sources.csv").open(encoding="utf-8", newline="") as file:
        sources = list(csv.DictReader(file))
    with (FACTS / "lactariums_france.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "name": row["name"],
                "town": row["town"],
                "postcode": row["postcode"],
                "latitude": float(row["lat"]),
                "longitude": float(row["lon"]),
                "kind": row["type"],
                "takes_anonymous": row["takes_anonymous_donors"],
                "evidence": row["note"],
                "phone": row["phone"],
                "phone_source": row["phone_source"] or "unknown",
                "website": row["page"],
                "email": row["email"],
                "home_collection": row["home_collection"],
                "area": row["area"],
                "sources": [
                    {"url": each["url"], "kind": each["kind"], "date": each["date"]}
                    for each in sources
                    if each["lactarium"] == row["name"]
                ],
                "is_new": row["name"] in NEW,
            }
            for row in csv.DictReader(file)
        ]


NEW = (
    "Lactarium de l'hôpital des enfants, CHU de Bordeaux, Pellegrin",
    "Lactarium du Centre hospitalier de la Polynésie française (CHPF), Taaone",
)
"""The entries that 0.1 did not ship. An entry it shipped and a bank has renamed is not added."""


def _new(fact: dict[str, object]) -> dict[str, object]:
    values = {name: value for name, value in fact.items() if name != "is_new"}
    return values | {
        "postcodes": [],
        "radius_km": None,
        "checked_on": None,
        "checked_by": "",
        "listed": True,
        "bank_id": None,
        "version": 1,
    }


def _completed(row: sa.Row[tuple[object, ...]], fact: dict[str, object]) -> dict[str, object]:
    """Return the new values of one entry; its version counts the saves of administrators."""
    saved = row.version > 1 or row.checked_on is not None or row.bank_id is not None
    if saved:
        values = {name: fact[name] for name in ("website", "email") if not getattr(row, name)}
        if not row.phone:
            values |= {"phone": fact["phone"], "phone_source": fact["phone_source"]}
    else:
        values = {
            name: fact[name]
            for name in (
                "kind", "takes_anonymous", "evidence", "phone", "phone_source", "website", "email",
            )
        }  # fmt: skip
    return values | {name: fact[name] for name in ("home_collection", "area", "sources")}
