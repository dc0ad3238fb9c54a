"""Queries of recalls: the list, one recall with its sums and times, its lines, its second ring."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.db import owned
from collector.donors.models import Donor
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot
from collector.people.queries import names_of
from collector.recall.models import (
    Recall,
    RecallAct,
    RecalledForm,
    RecallEvent,
    RecallFate,
    RecallHold,
    RecallItem,
    Whereabouts,
)
from collector.recall.walk import (
    MOST_KEYS,
    Keys,
    all_files,
    batches,
    donors_behind,
    pools_from,
    remaining_files,
)

MOST_RECALLS = 100
"""Most recalls in the list, the newest first."""
MOST_LINES = 200
"""Most lines of a scope on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSum:
    """Milk of a scope in one kind of place and with one fate."""

    whereabouts: Whereabouts
    fate: RecallFate | None
    lines: int
    bottles: int
    volume_ml: int
    unknown: int
    """Lines without a known volume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopwatch:
    """Times of a recall since its opening; None for an act that has not come."""

    held: timedelta | None
    scoped: timedelta | None
    confirmed: timedelta | None
    notified: timedelta | None
    acknowledged: timedelta | None
    """Until the last ward; None while one has not acknowledged."""
    settled: timedelta | None
    closed: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPicture:
    """A recall with its sums, its times and the people of its acts."""

    recall: Recall
    sums: Sequence[ScopeSum]
    events: Sequence[RecallEvent]
    names: Mapping[int, str]
    holds: int
    open_holds: int
    donors: Sequence[str]
    """The numbers of the donors behind the scope."""

    @property
    def bottles(self) -> int:
        """The bottles of the scope."""
        return sum(each.bottles for each in self.sums)

    @property
    def lines(self) -> int:
        """The lines of the scope."""
        return sum(each.lines for each in self.sums)

    @property
    def volume_ml(self) -> int:
        """The known volume of the scope."""
        return sum(each.volume_ml for each in self.sums)

    @property
    def unknown(self) -> int:
        """The lines of the scope without a known volume."""
        return sum(each.unknown for each in self.sums)

    @property
    def open_lines(self) -> int:
        """The lines without a fate."""
        return sum(each.lines for each in self.sums if each.fate is None)

    @property
    def open_ml(self) -> int:
        """The known volume without a fate."""
        return sum(each.volume_ml for each in self.sums if each.fate is None)

    @property
    def stopwatch(self) -> Stopwatch:
        """The time from the opening to each later act."""
        since = {
            act: next(
                (each.at - self.recall.opened_at for each in self.events if each.act is act), None
            )
            for act in RecallAct
        }
        return Stopwatch(
            held=since.get(RecallAct.HELD),
            scoped=since.get(RecallAct.SCOPED),
            confirmed=since.get(RecallAct.CONFIRMED),
            notified=since.get(RecallAct.NOTIFIED),
            acknowledged=self._acknowledged(),
            settled=since.get(RecallAct.SETTLED),
            closed=since.get(RecallAct.CLOSED),
        )

    def _acknowledged(self) -> timedelta | None:
        told = [each.figures["wards"] for each in self.events if each.act is RecallAct.NOTIFIED]
        answers = [each.at for each in self.events if each.act is RecallAct.ACKNOWLEDGED]
        complete = told and 0 < told[0] == len(answers)
        return max(answers) - self.recall.opened_at if complete else None

    def of_fate(self, fate: RecallFate | None) -> list[ScopeSum]:
        """Return the sums of one fate."""
        return [each for each in self.sums if each.fate is fate]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLine:
    """A recall in the list."""

    recall: Recall
    lines: int
    open_lines: int
    opened_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePage:
    """Lines of a scope, from one of them on."""

    items: Sequence[RecallItem]
    next_after: int | None
    """The key after which the next page begins; None on the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRing:
    """Other milk of the donors behind a scope."""

    donors: Sequence[str]
    pools: int
    bottles: int
    volume_ml: int


def recalls_of(session: Session, bank_id: int) -> list[RecallLine]:
    """Return the recalls of a bank, the newest first."""
    recalls = session.scalars(
        select(Recall)
        .where(Recall.bank_id == bank_id)
        .order_by(Recall.id.desc())
        .limit(MOST_RECALLS)
    ).all()
    counts = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(
                RecallItem.recall_id,
                func.count(),
                func.count().filter(RecallItem.fate.is_(None)),
            )
            .where(RecallItem.recall_id.in_([each.id for each in recalls]))
            .group_by(RecallItem.recall_id)
        )
    }
    names = names_of(session, {each.opened_by_id for each in recalls})
    return [
        RecallLine(
            recall=each,
            lines=counts.get(each.id, (0, 0))[0],
            open_lines=counts.get(each.id, (0, 0))[1],
            opened_by=names[each.opened_by_id],
        )
        for each in recalls
    ]


def recall_picture(session: Session, *, bank_id: int, recall_id: int) -> RecallPicture:
    """Return a recall with its sums, its events and the numbers of its donors.

    Raises
    ------
    NotFound
        The bank has no such recall.
    """
    recall = owned(session, Recall, bank_id, recall_id)
    events = session.scalars(
        select(RecallEvent).where(RecallEvent.recall_id == recall_id).order_by(RecallEvent.id)
    ).all()
    holds = session.execute(
        select(func.count(), func.count().filter(LaboratoryHold.lifted_at.is_(None)))
        .select_from(RecallHold)
        .join(LaboratoryHold, LaboratoryHold.id == RecallHold.hold_id)
        .where(RecallHold.recall_id == recall_id)
    ).one()
    people = {each.person_id for each in events} | {recall.opened_by_id}
    return RecallPicture(
        recall=recall,
        sums=_sums(session, recall_id),
        events=events,
        names=names_of(session, people),
        holds=holds[0],
        open_holds=holds[1],
        donors=donor_numbers(session, donors_of_scope(session, recall)),
    )


def scope_page(
    session: Session,
    *,
    recall_id: int,
    whereabouts: Whereabouts | None = None,
    open_only: bool = False,
    after: int = 0,
    most: int = MOST_LINES,
) -> ScopePage:
    """Return lines of a scope by key, after one of them.

    Parameters
    ----------
    open_only
        Only lines without a fate.
    """
    rows = select(RecallItem).where(RecallItem.recall_id == recall_id, RecallItem.id > after)
    if whereabouts is not None:
        rows = rows.where(RecallItem.whereabouts == whereabouts)
    if open_only:
        rows = rows.where(RecallItem.fate.is_(None))
    found = session.scalars(rows.order_by(RecallItem.id).limit(most + 1)).all()
    more = len(found) > most
    items = found[:most]
    return ScopePage(items=items, next_after=items[-1].id if more else None)


def every_line(session: Session, *, recall_id: int) -> Iterator[RecallItem]:
    """Yield all lines of a scope, in batches, by key."""
    after: int | None = 0
    while after is not None:
        shown = scope_page(session, recall_id=recall_id, after=after, most=MOST_KEYS)
        yield from shown.items
        after = shown.next_after


def donors_of_scope(session: Session, recall: Recall) -> set[int]:
    """Return the remaining files of the donors behind a scope."""
    rows = session.execute(
        select(RecallItem.pool_id, RecallItem.container_id)
        .where(RecallItem.recall_id == recall.id)
        .distinct()
    ).all()
    pools = {row.pool_id for row in rows if row.pool_id is not None}
    found = donors_behind(session, bank_id=recall.bank_id, pools=pools)
    containers = {row.container_id for row in rows if row.container_id is not None}
    direct = set[int]()
    for batch in batches(containers):
        own = select(Container.donor_id).where(Container.id.in_(batch))
        direct |= set(session.scalars(own.distinct()))
    return found | remaining_files(session, bank_id=recall.bank_id, donors=direct)


def donor_numbers(session: Session, donors: Keys) -> list[str]:
    """Return the numbers of donors, in order."""
    found = list[str]()
    for batch in batches(donors):
        found += session.scalars(select(Donor.number).where(Donor.id.in_(batch)))
    return sorted(found)


def second_ring(session: Session, recall: Recall) -> SecondRing:
    """Return the pools and bottles of the same donors that the scope leaves out."""
    donors = donors_of_scope(session, recall)
    containers = set[int]()
    for batch in batches(all_files(session, bank_id=recall.bank_id, donors=donors)):
        containers |= set(
            session.scalars(select(Container.id).where(Container.donor_id.in_(batch)))
        )
    inside = set(
        session.scalars(
            select(RecallItem.pool_id)
            .where(RecallItem.recall_id == recall.id, RecallItem.pool_id.is_not(None))
            .distinct()
        )
    )
    outside = pools_from(session, containers) - inside
    bottles, volume_ml = _bottle_sums(session, outside)
    return SecondRing(
        donors=donor_numbers(session, donors),
        pools=len(outside),
        bottles=bottles,
        volume_ml=volume_ml,
    )


def _bottle_sums(session: Session, pools: Keys) -> tuple[int, int]:
    bottles = volume_ml = 0
    for batch in batches(pools):
        row = session.execute(
            select(func.count(Bottle.id), func.coalesce(func.sum(Bottle.volume_ml), 0))
            .join(Lot, Lot.id == Bottle.lot_id)
            .where(Lot.pool_id.in_(batch))
        ).one()
        bottles, volume_ml = bottles + row[0], volume_ml + row[1]
    return bottles, volume_ml


def _sums(session: Session, recall_id: int) -> list[ScopeSum]:
    is_bottle = and_(RecallItem.form == RecalledForm.BOTTLE, RecallItem.part == 0)
    rows = session.execute(
        select(
            RecallItem.whereabouts,
            RecallItem.fate,
            func.count(),
            func.count().filter(is_bottle),
            func.coalesce(func.sum(RecallItem.volume_ml), 0),
            func.count().filter(RecallItem.volume_ml.is_(None)),
        )
        .where(RecallItem.recall_id == recall_id)
        .group_by(RecallItem.whereabouts, RecallItem.fate)
    ).all()
    order = list(Whereabouts)
    found = [
        ScopeSum(
            whereabouts=row[0],
            fate=row[1],
            lines=row[2],
            bottles=row[3],
            volume_ml=row[4] or 0,
            unknown=row[5],
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (order.index(each.whereabouts), each.fate or ""))
