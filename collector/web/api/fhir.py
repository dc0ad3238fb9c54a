"""FHIR R5 in the API: pools as bundles, read only, without donors."""

from typing import Any

from msgspec import Struct

from collector.applications.models import Scope
from collector.db import reading
from collector.fhir.bundles import FhirContext, pool_bundle, pools_after
from collector.laboratory.pooling.models import LotState
from collector.web.api.callers import caller
from collector.web.api.inputs import FHIR_JSON
from collector.web.api.operations import operation
from collector.web.api.outputs import Page, PageQuery, page_of
from collector.web.framework.context import fhir_address, now


class FhirPoolAnswer(Struct, frozen=True, kw_only=True):
    """A pool with bottles; its bundle is at `/fhir/pools/{number}`."""

    id: int
    number: str
    lot_state: LotState


class FhirEntryAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """An entry of a bundle: a resource of FHIR R5 with its address."""

    full_url: str
    resource: dict[str, Any]


class FhirBundleAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """A bundle of FHIR R5, of the type `collection`."""

    resource_type: str
    type: str
    timestamp: str
    identifier: dict[str, str]
    entry: list[FhirEntryAnswer]


@operation(
    "GET", "/fhir/pools", scope=Scope.FHIR_READ, query=PageQuery, answer=Page[FhirPoolAnswer]
)
def list_fhir_pools(query: PageQuery) -> Page[FhirPoolAnswer]:
    """List the pools with bottles."""
    with reading() as session:
        rows = pools_after(session, bank_id=caller().bank_id, key=query.after, most=query.limit + 1)
        return page_of(
            rows,
            query,
            lambda row: row[0].id,
            lambda row: FhirPoolAnswer(id=row[0].id, number=row[0].number, lot_state=row[1].state),
        )


@operation(
    "GET",
    "/fhir/pools/<number>",
    scope=Scope.FHIR_READ,
    answer=FhirBundleAnswer,
    media_type=FHIR_JSON,
)
def get_fhir_pool(number: str) -> FhirBundleAnswer:
    """Read a pool as a bundle: products, dispensings, specimens, observations and a report."""
    context = FhirContext(bank_id=caller().bank_id, now=now(), base=fhir_address())
    with reading() as session:
        found = pool_bundle(session, context, number=number)
    return FhirBundleAnswer(
        resource_type=found["resourceType"],
        type=found["type"],
        timestamp=found["timestamp"],
        identifier=found["identifier"],
        entry=[
            FhirEntryAnswer(full_url=each["fullUrl"], resource=each["resource"])
            for each in found["entry"]
        ],
    )
