"""One table of destructions: the bottles destroyed at the counter become lists of one."""

import sqlalchemy as sa
from alembic import op

revision = "0268_one_destruction"
down_revision = "0265_changed_plans"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
REASONS = {"broken": "damaged"}
"""Reasons of the counter whose word changes; the others stay."""
RETURNED = sa.text(
    "SELECT EXISTS (SELECT 1 FROM bottle_returns r JOIN dispensed_bottles d"
    " ON d.id = r.dispensed_bottle_id WHERE d.bottle_id = :bottle"
    " AND (r.second_at IS NULL OR r.verdict <> 'restock'))"
)
"""Whether a bottle came back from a ward, and not into stock."""
OF_COUNTER = sa.text(
    "SELECT i.id AS item_id, i.bottle_id, i.withdrawn_at,"
    " COALESCE(i.rest_ml, b.volume_ml) AS volume_ml,"
    " d.id AS destruction_id, d.bank_id, d.reason, d.method, d.note, d.begun_by_id, d.begun_at,"
    " d.witness_id, d.witnessed_at, d.abandoned_at"
    " FROM destroyed_items i JOIN destructions d ON d.id = i.destruction_id"
    " JOIN bottles b ON b.id = i.bottle_id"
    " WHERE (i.rest_ml IS NOT NULL OR d.reason IN ('returned', 'thawed') OR d.method = 'other')"
    " AND (SELECT COUNT(*) FROM destroyed_items o WHERE o.destruction_id = d.id) = 1"
)
"""Lists of one bottle that the counter made."""


def upgrade() -> None:
    """Move the destructions of the counter into `destructions`."""
    with op.batch_alter_table("destroyed_items") as table:
        table.add_column(sa.Column("rest_ml", sa.Integer))
        table.create_check_constraint(op.f("ck_destroyed_items_has_rest"), "rest_ml > 0")
    connection = op.get_bind()
    tables = _tables(connection)
    counter, lists, items = (
        tables[name] for name in ("bottle_destructions", "destructions", "destroyed_items")
    )
    for row in connection.execute(sa.select(counter).order_by(counter.c.id)).mappings().all():
        words = (row["method"], row["note"])
        found = connection.execute(
            lists.insert().values(
                bank_id=row["bank_id"],
                reason=REASONS.get(row["reason"], row["reason"]),
                method="other",
                note=": ".join(each for each in words if each),
                begun_by_id=row["destroyed_by_id"],
                begun_at=row["asked_at"],
                witness_id=row["witness_id"],
                witnessed_at=row["witnessed_at"],
                abandoned_at=row["withdrawn_at"],
            )
        ).inserted_primary_key
        is_back = connection.execute(RETURNED, {"bottle": row["bottle_id"]}).scalar_one()
        connection.execute(
            items.insert().values(
                bank_id=row["bank_id"],
                destruction_id=found[0] if found else None,
                bottle_id=row["bottle_id"],
                rest_ml=row["volume_ml"] if is_back else None,
                scanned_at=row["asked_at"],
                withdrawn_at=row["withdrawn_at"],
            )
        )
    op.drop_table("bottle_destructions")


def downgrade() -> None:
    """Create the table of the counter, and move its lists of one bottle back."""
    _create_counter()
    connection = op.get_bind()
    tables = _tables(connection)
    items, lists = tables["destroyed_items"], tables["destructions"]
    words = {new: old for old, new in REASONS.items()}
    for row in connection.execute(OF_COUNTER.columns(**_instants())).mappings().all():
        connection.execute(
            tables["bottle_destructions"]
            .insert()
            .values(
                bank_id=row["bank_id"],
                bottle_id=row["bottle_id"],
                volume_ml=row["volume_ml"],
                reason=words.get(row["reason"], row["reason"]),
                note="",
                method=row["note"] or row["method"],
                destroyed_by_id=row["begun_by_id"],
                asked_at=row["begun_at"],
                witness_id=row["witness_id"],
                witnessed_at=row["witnessed_at"],
                withdrawn_at=row["abandoned_at"] or row["withdrawn_at"],
            )
        )
        connection.execute(items.delete().where(items.c.id == row["item_id"]))
        connection.execute(lists.delete().where(lists.c.id == row["destruction_id"]))
    with op.batch_alter_table("destroyed_items") as table:
        table.drop_constraint(op.f("ck_destroyed_items_has_rest"), type_="check")
        table.drop_column("rest_ml")


def _tables(connection: sa.Connection) -> dict[str, sa.Table]:
    names = ("bottle_destructions", "destructions", "destroyed_items")
    found = sa.MetaData()
    found.reflect(bind=connection, only=names, resolve_fks=False)
    return {name: found.tables[name] for name in names}


def _instants() -> dict[str, sa.types.TypeEngine[object]]:
    return dict.fromkeys(("begun_at", "witnessed_at", "abandoned_at", "withdrawn_at"), INSTANT)


def _create_counter() -> None:
    op.create_table(
        "bottle_destructions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
        sa.Column("bottle_id", sa.Integer, sa.ForeignKey("bottles.id"), nullable=False),
        sa.Column("volume_ml", sa.Integer, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("destroyed_by_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("witness_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("witnessed_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_bottle_destructions_has_volume")),
        sa.CheckConstraint(
            "witness_id <> destroyed_by_id", name=op.f("ck_bottle_destructions_two_people")
        ),
    )
    op.create_index(
        "ix_bottle_destructions_bank_id_asked_at", "bottle_destructions", ["bank_id", "asked_at"]
    )
    op.create_index(
        "ix_bottle_destructions_bottle_id_standing",
        "bottle_destructions",
        ["bottle_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
