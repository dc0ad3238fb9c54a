"""Ten years of a laboratory: containers, pools, bottles and stays, written in bulk.

The rows are legal and boring: one donor a pool, 33 containers of 150 ml, 40 bottles of 120 ml,
each in a freezer until it leaves. The last months of milk are still there: in quarantine, heated,
released. Keys are given out here, so that the rows can refer to one another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from collector.db import Base
from collector.laboratory.labels.numbers import bottle_number, pool_number
from collector.laboratory.storage.codes import place_code

INPUTS, BOTTLES = 33, 40
CONTAINER_ML, BOTTLE_ML = 150, 120
DONORS, VISIT = 600, 20
POOLS_A_DAY = 10
PLACES, ROOM = 40, 1000
QUARANTINE = 6_000
"""Containers that wait at the end."""
WAITING, IN_STOCK = 60, 400
"""Lots that wait for release, and released lots in stock, at the end."""
CHUNK = 20_000
FACILITY = "B0001"
UNITS = (("Raw", "raw"), ("Heated", "heated"), ("Released", "released"), ("Back", "back"))

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsBank:
    """The rows of a bank to which the years belong."""

    bank_id: int
    site_id: int
    person_id: int
    device_id: int
    donors: Sequence[int]


def write_years(session: Session, bank: YearsBank, *, containers: int, now: datetime) -> None:
    """Write so many containers, with everything that became of them."""
    years = Years(session, bank, containers=containers, now=now)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL TIME ZONE 'UTC'"))
    for table, columns, rows in years.tables():
        _copy(session, table, columns, rows)


class Years:
    """The rows of every table, in an order that keeps each reference."""

    def __init__(
        self, session: Session, bank: YearsBank, *, containers: int, now: datetime
    ) -> None:
        self.bank, self.now = bank, now
        self.pools = containers // INPUTS
        self.containers = self.pools * INPUTS
        self.begin = now - timedelta(days=self.pools // POOLS_A_DAY + 30)
        self.first = {
            name: (session.scalar(select(func.max(Base.metadata.tables[name].c.id))) or 0) + 1
            for name in (
                "pickups", "containers", "intakes", "pools", "pool_inputs", "cycles", "lots",
                "bottles", "storage_units", "storage_places", "storage_moves", "storage_stays",
            )
        }  # fmt: skip

    def tables(self) -> Iterator[tuple[str, str, Iterable[Row]]]:
        """Yield table, columns and rows."""
        yield "pickups", PICKUPS, self._pickups()
        yield "containers", CONTAINERS, self._containers()
        yield "intakes", INTAKES, self._intakes()
        yield "pools", POOLS, self._pools()
        yield "pool_inputs", INPUT_ROWS, self._inputs()
        yield "cycles", CYCLES, self._cycles()
        yield "lots", LOTS, self._lots()
        yield "bottles", BOTTLE_ROWS, self._bottles()
        yield "storage_units", UNIT_ROWS, self._units()
        yield "storage_places", PLACE_ROWS, self._places()
        yield "storage_moves", MOVES, self._moves()
        yield "storage_stays", STAYS, self._stays()

    def _all(self) -> range:
        return range(self.containers + QUARANTINE)

    def _donor(self, container: int) -> int:
        return self.bank.donors[(container // INPUTS) % DONORS]

    def _at(self, pool: int) -> datetime:
        return self.begin + timedelta(days=pool / POOLS_A_DAY)

    def _taken(self, container: int) -> datetime:
        return min(self._at(container // INPUTS), self.now - timedelta(days=1))

    def _pickups(self) -> Iterator[Row]:
        for number in range(-(-len(self._all()) // VISIT)):
            donor, at = self._donor(number * VISIT), self._taken(number * VISIT)
            yield (self.first["pickups"] + number, self.bank.bank_id, donor, "collected", at)

    def _containers(self) -> Iterator[Row]:
        for number in self._all():
            donor, pickup = self._donor(number), self.first["pickups"] + number // VISIT
            key, at = self.first["containers"] + number, self._taken(number)
            yield (key, self.bank.bank_id, f"Y-{number:07}", donor, pickup, at)

    def _intakes(self) -> Iterator[Row]:
        for number in self._all():
            at, pooled = self._taken(number), number < self.containers
            day = at.date() - timedelta(days=20)
            yield (
                self.first["intakes"] + number, self.bank.bank_id,
                self.first["containers"] + number, self.bank.site_id, CONTAINER_ML, day, day,
                "pooled" if pooled else "quarantine", self.bank.person_id, at,
            )  # fmt: skip

    def _pools(self) -> Iterator[Row]:
        for pool in range(self.pools):
            at = self._at(pool)
            key = self.first["pools"] + pool
            yield (key, self.bank.bank_id, _pool_number(pool), self.bank.person_id, at, at, 50)

    def _inputs(self) -> Iterator[Row]:
        for number in range(self.containers):
            pool = number // INPUTS
            yield (
                self.first["pool_inputs"] + number, self.bank.bank_id, self.first["pools"] + pool,
                self.first["intakes"] + number, self.bank.person_id, self._at(pool),
            )  # fmt: skip

    def _cycles(self) -> Iterator[Row]:
        for cycle in range(-(-self.pools // 3)):
            at = self._at(cycle * 3)
            key = self.first["cycles"] + cycle
            device, person = self.bank.device_id, self.bank.person_id
            yield (key, self.bank.bank_id, device, person, "curve_ok", at, at, at)

    def _lots(self) -> Iterator[Row]:
        for pool in range(self.pools):
            expires = (self._at(pool) + timedelta(days=180)).date()
            cycle = self.first["cycles"] + pool // 3
            yield (
                self.first["lots"] + pool, self.bank.bank_id, self.first["pools"] + pool, cycle,
                expires, "waiting" if self.pools - pool <= WAITING else "released",
            )  # fmt: skip

    def _bottles(self) -> Iterator[Row]:
        for pool in range(self.pools):
            at, number = self._at(pool), _pool_number(pool)
            for place, label in enumerate(_labels(number)):
                key = self.first["bottles"] + pool * BOTTLES + place
                lot = self.first["lots"] + pool
                yield (key, self.bank.bank_id, label, lot, BOTTLE_ML, at, at)

    def _units(self) -> Iterator[Row]:
        for place, (name, zone) in enumerate(UNITS):
            key = self.first["storage_units"] + place
            yield (key, self.bank.bank_id, self.bank.site_id, name, "freezer", zone)

    def _places(self) -> Iterator[Row]:
        for place in range(PLACES * len(UNITS)):
            key, unit = self.first["storage_places"] + place, place // PLACES
            shelf, name = f"{place % PLACES // 8}", f"{place % 8}"
            code = place_code(key)
            unit_id = self.first["storage_units"] + unit
            yield (key, self.bank.bank_id, unit_id, shelf, name, code, ROOM)

    def _moves(self) -> Iterator[Row]:
        for pool in range(self.pools + 1):
            key = self.first["storage_moves"] + pool
            yield (key, self.bank.bank_id, "put_away", self.bank.person_id, self._at(pool))

    def _stays(self) -> Iterator[Row]:
        keys = iter(range(self.first["storage_stays"], 1 << 31))
        for number in self._all():
            pool = min(number // INPUTS, self.pools)
            ended = number < self.containers
            yield self._stay(next(keys), pool, 0, intake=number, ended=ended)
        for bottle in range(self.pools * BOTTLES):
            pool = bottle // BOTTLES
            left = self.pools - pool
            waits = left <= WAITING
            yield self._stay(next(keys), pool, 1, bottle=bottle, ended=not waits)
            if not waits:
                gone = left > WAITING + IN_STOCK
                yield self._stay(next(keys), pool, 2, bottle=bottle, ended=gone)

    def _stay(
        self,
        key: int,
        pool: int,
        unit: int,
        *,
        intake: int | None = None,
        bottle: int | None = None,
        ended: bool,
    ) -> Row:
        at, move = self._at(pool), self.first["storage_moves"] + pool
        place = self.first["storage_places"] + unit * PLACES + pool % PLACES
        return (
            key, self.bank.bank_id,
            None if intake is None else self.first["intakes"] + intake,
            None if bottle is None else self.first["bottles"] + bottle,
            place, at, at + timedelta(days=5) if ended else None, move, move if ended else None,
        )  # fmt: skip


PICKUPS = (
    "id,bank_id,donor_id,state,asked_at,freezer_nearly_full=0,call_first=0,do_not_ring=0,"
    "neighbour=0,note=,asked_by=bench,version=1,purposes=[],line=donated,bottles=20,"
    "volume_ml=3000,empties_wanted=0,kit_wanted=[]"
)
CONTAINERS = (
    "id,bank_id,number,donor_id,pickup_id,taken_over_at,state=received,kind=bottle,"
    "line=donated,box="
)
INTAKES = (
    "id,bank_id,container_id,site_id,volume_ml,expressed_first,expressed_last,state,taken_by_id,"
    "taken_at,line=donated,measured=weighed,preterm=unknown,dairy_free=unknown,note="
)
POOLS = (
    "id,bank_id,number,made_by_id,made_at,closed_at,sampled_ml,line=donated,state=closed,"
    "discarded_ml=0,loss_reason="
)
INPUT_ROWS = "id,bank_id,pool_id,intake_id,added_by_id,added_at"
CYCLES = "id,bank_id,device_id,operator_id,state,loaded_at,began_at,ended_at"
LOTS = "id,bank_id,pool_id,cycle_id,expires_on,state"
BOTTLE_ROWS = "id,bank_id,number,lot_id,volume_ml,filled_at,scanned_back_at"
UNIT_ROWS = "id,bank_id,site_id,name,kind,zone"
PLACE_ROWS = "id,bank_id,unit_id,shelf,name,code,capacity_bottles"
MOVES = "id,bank_id,reason,moved_by_id,at,note="
STAYS = "id,bank_id,intake_id,bottle_id,place_id,began_at,ended_at,began_move_id,ended_move_id"


def _pool_number(pool: int) -> str:
    """Return the number of a pool; a sequence whose check character is no letter is moved on."""
    for shift in range(3):
        number = pool_number(FACILITY, pool // 300_000, pool % 300_000 + shift * 300_000)
        if number is not None:
            return number
    raise AssertionError("three sequences in a row have no number")


def _labels(pool: str) -> Iterator[str]:
    found = (bottle_number(pool, division) for division in range(1, 1000))
    return islice((each for each in found if each is not None), BOTTLES)


def _copy(session: Session, table: str, columns: str, rows: Iterable[Row]) -> None:
    """Write rows; a column with a sign of equality has one value for all."""
    names = [name.partition("=")[0] for name in columns.split(",")]
    constant = tuple(name.partition("=")[2] for name in columns.split(",") if "=" in name)
    postgresql = session.get_bind().dialect.name == "postgresql"
    copy = _copy_postgresql if postgresql else _copy_sqlite
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        copy(session, table, names, [(*map(_cell, row), *constant) for row in chunk])
    if postgresql:
        last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
        session.execute(text(last))


def _copy_postgresql(
    session: Session, table: str, names: Sequence[str], rows: Sequence[Row]
) -> None:
    lines = ("\t".join("\\N" if cell is None else cell for cell in row) for row in rows)
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor().copy(f"COPY {table} ({','.join(names)}) FROM STDIN") as copying:
        copying.write("\n".join(lines) + "\n")


def _copy_sqlite(session: Session, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    places = ",".join("?" * len(names))
    driver: Any = session.connection().connection.driver_connection
    driver.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({places})", rows)  # noqa: S608


def _cell(value: object) -> str | None:
    """Return a cell as both databases read it; the server of PostgreSQL keeps UTC."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value.isoformat() if isinstance(value, date) else str(value)
