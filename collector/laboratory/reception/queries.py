"""Queries of the reception: containers that wait, the day's intakes, refused scans."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from collector.banks.models import Site, SiteKind
from collector.custody.discrepancies import open_discrepancies
from collector.custody.models import Container, ContainerKind, ContainerState, CustodyEntry
from collector.custody.queries import record_of
from collector.donors.models import Donor
from collector.errors import NotFound, Refused
from collector.laboratory.reception.models import BenchScan, Intake, IntakeState
from collector.service_day import ServiceDay

EXPECTED_WITHIN = timedelta(days=14)
"""Age of a hand-over up to which its containers are listed; an older one can be scanned."""
SITE = "site:"
VOLUME_TOLERANCE_PERCENT = 15
"""Difference between intakes and the declared volume that is shown; Milkround's own value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedVisit:
    """The containers of one visit that were handed over and wait for the laboratory."""

    pickup_id: int
    donor_number: str
    box: str
    containers: tuple[Container, ...]
    missing: frozenset[int]
    """Keys of the containers that were reported missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionDay:
    """The intakes of one day, in millilitres and containers."""

    accepted: int
    accepted_ml: int
    refused: int
    refused_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitVolume:
    """The declared and the measured volume of a visit, in millilitres."""

    declared_ml: int
    measured_ml: int
    waiting: int
    """Containers of the visit that wait for the laboratory."""

    @property
    def differs(self) -> bool:
        """Whether a complete visit differs from the declared volume by more than tolerated."""
        tolerated = self.declared_ml * VOLUME_TOLERANCE_PERCENT / 100
        return not self.waiting and abs(self.measured_ml - self.declared_ml) > tolerated


def bank_sites(session: Session, bank_id: int) -> list[Site]:
    """Return the sites of a bank at which its laboratory takes milk over."""
    return list(
        session.scalars(
            select(Site)
            .where(Site.bank_id == bank_id, Site.kind == SiteKind.BANK)
            .order_by(Site.id)
        )
    )


def container_labelled(session: Session, *, bank_id: int, number: str) -> Container:
    """Return the container of a label.

    Raises
    ------
    NotFound
        The bank has none: `container_unknown` (`number`).
    """
    found = session.scalar(
        select(Container).where(Container.bank_id == bank_id, Container.number == number)
    )
    if found is None:
        raise NotFound("container_unknown", number=number)
    return found


def reception_site(session: Session, container: Container) -> Site:
    """Return the site of the bank at which a container waits for the laboratory.

    Raises
    ------
    Refused
        `container_is_tube`, `container_taken_over`, `container_in_transit`,
        `container_not_handed_over`, `container_elsewhere` (`site`).
    """
    number = container.number
    if container.kind is not ContainerKind.BOTTLE:
        raise Refused("container_is_tube", number=number)
    if container.taken_over_at is not None:
        raise Refused("container_taken_over", number=number)
    if container.state is ContainerState.IN_TRANSIT:
        raise Refused("container_in_transit", number=number)
    if container.state is not ContainerState.RECEIVED:
        raise Refused("container_not_handed_over", number=number)
    site = _sites_of(session, [container]).get(container.id)
    if site is None:
        raise Refused("container_not_handed_over", number=number)
    if site.kind is not SiteKind.BANK:
        raise Refused("container_elsewhere", number=number, site=site.name)
    return site


def expected_visits(session: Session, *, bank_id: int, now: datetime) -> list[ExpectedVisit]:
    """Return the visits with containers that wait at the bank, by box and visit."""
    waiting = _waiting(session, bank_id, now)
    sites = _sites_of(session, waiting)
    here = [each for each in waiting if _stands_at_bank(sites.get(each.id))]
    missing = {each.container_id for each in open_discrepancies(session, here)}
    by_visit: dict[int, list[Container]] = defaultdict(list)
    for each in here:
        by_visit[each.pickup_id].append(each)
    numbers = donor_numbers(session, {each.donor_id for each in here})
    visits = [
        ExpectedVisit(
            pickup_id=pickup_id,
            donor_number=numbers[containers[0].donor_id],
            box=containers[0].box,
            containers=tuple(containers),
            missing=frozenset(each.id for each in containers if each.id in missing),
        )
        for pickup_id, containers in by_visit.items()
    ]
    return sorted(visits, key=lambda visit: (visit.box, visit.pickup_id))


def waiting_elsewhere(session: Session, *, bank_id: int, now: datetime) -> dict[str, int]:
    """Return the number of containers that wait at another site, by the name of the site."""
    waiting = _waiting(session, bank_id, now)
    found: dict[str, int] = defaultdict(int)
    for site in _sites_of(session, waiting).values():
        if not _stands_at_bank(site):
            found[site.name] += 1
    return dict(sorted(found.items()))


def intakes_of_day(session: Session, *, bank_id: int, day: ServiceDay) -> ReceptionDay:
    """Return the sums of the intakes of a day."""
    rows = session.execute(
        select(Intake.state, func.count(), func.sum(Intake.volume_ml))
        .where(
            Intake.bank_id == bank_id,
            Intake.withdrawn_at.is_(None),
            Intake.taken_at >= day.epoch,
            Intake.taken_at < day.end,
        )
        .group_by(Intake.state)
    )
    accepted = refused = accepted_ml = refused_ml = 0
    for state, count, volume in rows:
        if state is IntakeState.REFUSED:
            refused, refused_ml = refused + count, refused_ml + volume
        else:
            accepted, accepted_ml = accepted + count, accepted_ml + volume
    return ReceptionDay(
        accepted=accepted, accepted_ml=accepted_ml, refused=refused, refused_ml=refused_ml
    )


def latest_intakes(
    session: Session, *, bank_id: int, day: ServiceDay, most: int = 20
) -> list[Intake]:
    """Return the newest intakes of a day with their containers."""
    return list(
        session.scalars(
            select(Intake)
            .options(joinedload(Intake.container))
            .where(
                Intake.bank_id == bank_id,
                Intake.withdrawn_at.is_(None),
                Intake.taken_at >= day.epoch,
                Intake.taken_at < day.end,
            )
            .order_by(Intake.taken_at.desc(), Intake.id.desc())
            .limit(most)
        )
    )


def refused_scans(session: Session, *, bank_id: int, day: ServiceDay) -> list[BenchScan]:
    """Return the refused scans of a day, newest first."""
    return list(
        session.scalars(
            select(BenchScan)
            .where(BenchScan.bank_id == bank_id, BenchScan.at >= day.epoch, BenchScan.at < day.end)
            .order_by(BenchScan.id.desc())
            .limit(20)
        )
    )


def visit_volume(session: Session, *, bank_id: int, pickup_id: int) -> VisitVolume | None:
    """Return the volumes of a visit, or None without a pick-up record."""
    record = record_of(session, bank_id=bank_id, pickup_id=pickup_id)
    if record is None:
        return None
    measured = session.scalar(
        select(func.sum(Intake.volume_ml))
        .join(Container, Container.id == Intake.container_id)
        .where(Container.pickup_id == pickup_id, Intake.withdrawn_at.is_(None))
    )
    waiting = session.scalar(
        select(func.count())
        .select_from(Container)
        .where(
            Container.pickup_id == pickup_id,
            Container.kind == ContainerKind.BOTTLE,
            Container.taken_over_at.is_(None),
            Container.state.in_((ContainerState.RECEIVED, ContainerState.IN_TRANSIT)),
        )
    )
    return VisitVolume(
        declared_ml=record.volume_ml, measured_ml=measured or 0, waiting=waiting or 0
    )


def donor_numbers(session: Session, keys: Iterable[int]) -> dict[int, str]:
    """Return the numbers of donors by their keys."""
    rows = session.execute(select(Donor.id, Donor.number).where(Donor.id.in_(list(keys))))
    return {row.id: row.number for row in rows}


def _waiting(session: Session, bank_id: int, now: datetime) -> list[Container]:
    recent = select(CustodyEntry.container_id).where(
        CustodyEntry.container_id == Container.id,
        CustodyEntry.state == ContainerState.RECEIVED,
        CustodyEntry.recorded_at >= now - EXPECTED_WITHIN,
    )
    return list(
        session.scalars(
            select(Container)
            .where(
                Container.bank_id == bank_id,
                Container.state == ContainerState.RECEIVED,
                Container.taken_over_at.is_(None),
                Container.kind == ContainerKind.BOTTLE,
                recent.exists(),
            )
            .order_by(Container.pickup_id, Container.number)
        )
    )


def _sites_of(session: Session, containers: Iterable[Container]) -> dict[int, Site]:
    """Return the site that holds each received container, by the container's key."""
    rows = session.execute(
        select(CustodyEntry.container_id, CustodyEntry.holder)
        .where(
            CustodyEntry.container_id.in_([each.id for each in containers]),
            CustodyEntry.state == ContainerState.RECEIVED,
        )
        .order_by(CustodyEntry.id)
    )
    held = {
        row.container_id: int(row.holder.removeprefix(SITE))
        for row in rows
        if row.holder.startswith(SITE)
    }
    found = session.scalars(select(Site).where(Site.id.in_(set(held.values()))))
    sites = {site.id: site for site in found}
    return {key: sites[site_id] for key, site_id in held.items() if site_id in sites}


def _stands_at_bank(site: Site | None) -> bool:
    return site is not None and site.kind is SiteKind.BANK
