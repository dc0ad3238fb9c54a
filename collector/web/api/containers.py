"""Containers in the API: bottles and tubes with their custody and what became of them."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from collector.applications.models import Scope
from collector.custody.models import Container, ContainerKind, ContainerState, CustodyEntry
from collector.custody.queries import chain_of, containers_after
from collector.db import reading
from collector.laboratory.chain.queries import bottles_from
from collector.laboratory.pooling.models import LotState
from collector.pickups.models import MilkLine
from collector.web.api.callers import caller
from collector.web.api.inputs import Key, given
from collector.web.api.operations import operation
from collector.web.api.outputs import Page, PageQuery, page_of


class ContainerAnswer(Struct, frozen=True, kw_only=True):
    """A bottle or a tube."""

    id: int
    number: str
    kind: ContainerKind
    state: ContainerState
    line: MilkLine
    donor_number: str
    request_id: int
    box: str


class CustodyAnswer(Struct, frozen=True, kw_only=True):
    """A change of state or holder; the holder is written `donor:7`, `person:12` or `site:2`."""

    state: ContainerState
    holder: str
    happened_at: datetime
    recorded_at: datetime


class ChainAnswer(Struct, frozen=True, kw_only=True):
    """A container with its custody, from the first entry to the last."""

    container: ContainerAnswer
    custody: list[CustodyAnswer]
    pool_number: str | None
    """The number of its pool; null until it is emptied."""
    lot_state: LotState | None
    """The decision on the pool's lot; null until a bottle is filled."""
    bottle_numbers: list[str]
    """The bottles that were filled from its pool."""


class ContainerQuery(PageQuery, frozen=True, kw_only=True):
    """Which containers are listed."""

    request_id: Key | UnsetType = UNSET


@operation(
    "GET",
    "/containers",
    scope=Scope.CONTAINERS_READ,
    query=ContainerQuery,
    answer=Page[ContainerAnswer],
)
def list_containers(query: ContainerQuery) -> Page[ContainerAnswer]:
    """List the containers."""
    with reading() as session:
        rows = containers_after(
            session,
            bank_id=caller().bank_id,
            key=query.after,
            most=query.limit + 1,
            pickup_id=given(query.request_id),
        )
        return page_of(rows, query, lambda row: row[0].id, lambda row: _container(*row))


@operation("GET", "/containers/<number>", scope=Scope.CONTAINERS_READ, answer=ChainAnswer)
def get_chain(number: str) -> ChainAnswer:
    """Read a container by its number, with its custody, its pool and that pool's bottles."""
    with reading() as session:
        chain = chain_of(session, bank_id=caller().bank_id, number=number)
        found = bottles_from(session, container_id=chain.container.id)
        return ChainAnswer(
            container=_container(chain.container, chain.donor_number),
            custody=[_entry(entry) for entry in chain.entries],
            pool_number=found.pool_number,
            lot_state=found.lot_state,
            bottle_numbers=list(found.numbers),
        )


def _container(container: Container, donor_number: str) -> ContainerAnswer:
    return ContainerAnswer(
        id=container.id,
        number=container.number,
        kind=container.kind,
        state=container.state,
        line=container.line,
        donor_number=donor_number,
        request_id=container.pickup_id,
        box=container.box,
    )


def _entry(entry: CustodyEntry) -> CustodyAnswer:
    return CustodyAnswer(
        state=entry.state,
        holder=entry.holder,
        happened_at=entry.happened_at,
        recorded_at=entry.recorded_at,
    )
