"""Usual weeks, contracts, closing days, vehicles and boxes; breaks and ends of shifts.

The vehicles of shifts and the skill of collectors who draw blood become rows of their own.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0222_roster"
down_revision = "0221_levels_of_plans"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORD = sa.String(40)
"""A member of an enumeration."""

TERMS = ("boxes", "break_minutes", "break_from", "break_until", "break_paid")
CAPACITIES = ("capacity_bottles", "capacity_ml", "capacity_tubes")

SHIFTS = sa.table(
    "shifts",
    *(sa.column(name, sa.Integer()) for name in ("id", "bank_id", "collector_id", *CAPACITIES)),
    sa.column("vehicle", sa.String()),
    sa.column("skills", LIST),
)
VEHICLES = sa.table(
    "vehicles",
    *(sa.column(name, sa.Integer()) for name in ("bank_id", "version", *CAPACITIES)),
    sa.column("name", sa.String()),
    sa.column("plate", sa.String()),
)
CONTRACTS = sa.table(
    "contracts",
    *(sa.column(name, sa.Integer()) for name in ("bank_id", "person_id", "version")),
    sa.column("skills", LIST),
)


def upgrade() -> None:
    _create_fleet()
    _create_weeks()
    _add_columns()
    _fill(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("shifts") as batch:
        batch.drop_index(op.f("ix_shifts_weekly_id"))
        batch.drop_constraint(op.f("fk_shifts_weekly_id"), type_="foreignkey")
        for column in (*TERMS, "weekly_id", "changed", "ended_at", "version"):
            batch.drop_column(column)
    with op.batch_alter_table("sites") as batch:
        for column in ("opens", "closes", "weekdays", "retired_on", "version"):
            batch.drop_column(column)
    with op.batch_alter_table("banks") as batch:
        batch.drop_column("holiday_region")
        batch.drop_column("skipped_steps")
    for table in ("weekly_shifts", "contracts", "closing_days", "transport_boxes", "vehicles"):
        op.drop_table(table)


def _owned(table: str, *columns: sa.schema.SchemaItem) -> None:
    """Create a table of rows that belong to a bank."""
    op.create_table(
        table,
        *columns,
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f(f"fk_{table}_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])


def _capacities() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in CAPACITIES]


def _create_fleet() -> None:
    _owned(
        "vehicles",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        *_capacities(),
        sa.Column("service_due_on", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("bank_id", "name", name=op.f("uq_vehicles_bank_id_name")),
    )
    _owned(
        "transport_boxes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=True),
        *_capacities(),
        sa.Column("qualified_until", sa.Date(), nullable=True),
        sa.Column("thermometer", sa.String(), nullable=False),
        sa.Column("thermometer_due_on", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], name=op.f("fk_transport_boxes_vehicle_id")
        ),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_transport_boxes_bank_id_code")),
    )
    _owned(
        "closing_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.UniqueConstraint("bank_id", "day", name=op.f("uq_closing_days_bank_id_day")),
    )


def _create_weeks() -> None:
    _owned(
        "contracts",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekly_minutes", sa.Integer(), nullable=True),
        sa.Column("skills", LIST, nullable=False),
        sa.Column("home_site_id", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contracts_person_id")),
        sa.ForeignKeyConstraint(
            ["home_site_id"], ["sites.id"], name=op.f("fk_contracts_home_site_id")
        ),
        sa.UniqueConstraint("person_id", name=op.f("uq_contracts_person_id")),
    )
    keys = {"collector_id": "people", "start_site_id": "sites", "end_site_id": "sites"}
    _owned(
        "weekly_shifts",
        *(sa.Column(key, sa.Integer(), nullable=False) for key in keys),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("weeks", WORD, nullable=False),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("laid_out_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=False),
        sa.Column("skills", LIST, nullable=False),
        *_terms(),
        *(
            sa.ForeignKeyConstraint([key], [f"{table}.id"], name=op.f(f"fk_weekly_shifts_{key}"))
            for key, table in keys.items()
        ),
    )
    op.create_index(op.f("ix_weekly_shifts_collector_id"), "weekly_shifts", ["collector_id"])


def _terms() -> list[sa.Column[object]]:
    return [
        sa.Column("boxes", LIST, nullable=False, server_default="[]"),
        sa.Column("break_minutes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("break_from", sa.Time(), nullable=True),
        sa.Column("break_until", sa.Time(), nullable=True),
        sa.Column("break_paid", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def _add_columns() -> None:
    with op.batch_alter_table("banks") as batch:
        batch.add_column(
            sa.Column("holiday_region", sa.String(), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("skipped_steps", LIST, nullable=False, server_default="[]"))
    with op.batch_alter_table("sites") as batch:
        batch.add_column(sa.Column("opens", sa.Time(), nullable=True))
        batch.add_column(sa.Column("closes", sa.Time(), nullable=True))
        batch.add_column(sa.Column("weekdays", LIST, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("retired_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("shifts") as batch:
        for column in _terms():
            batch.add_column(column)
        batch.add_column(sa.Column("weekly_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("changed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("ended_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.create_foreign_key(
            op.f("fk_shifts_weekly_id"), "weekly_shifts", ["weekly_id"], ["id"]
        )
        batch.create_index(op.f("ix_shifts_weekly_id"), ["weekly_id"])


def _fill(connection: sa.Connection) -> None:
    """Write the vehicles of shifts with their latest capacity, and the qualified collectors."""
    vehicles: dict[tuple[int, str], dict[str, object]] = {}
    qualified: dict[int, int] = {}
    for row in connection.execute(sa.select(SHIFTS).order_by(SHIFTS.c.id)):
        if row.vehicle:
            capacity = {name: getattr(row, name) for name in CAPACITIES}
            vehicles[row.bank_id, row.vehicle] = capacity
        skills = json.loads(row.skills) if isinstance(row.skills, str) else row.skills
        if "blood" in skills:
            qualified[row.collector_id] = row.bank_id
    for (bank_id, name), capacity in vehicles.items():
        known = {"bank_id": bank_id, "name": name, "plate": "", "version": 1}
        connection.execute(sa.insert(VEHICLES).values(**known, **capacity))
    for person_id, bank_id in qualified.items():
        known = {"bank_id": bank_id, "person_id": person_id, "skills": ["blood"], "version": 1}
        connection.execute(sa.insert(CONTRACTS).values(**known))
