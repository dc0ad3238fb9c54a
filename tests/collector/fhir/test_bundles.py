"""Bundles of FHIR R5: valid by fhir.resources, without a donor, with recipients by pseudonym."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.bundle import Bundle
from flask import Flask
from sqlalchemy import select

from collector.custody.models import Container
from collector.db import reading
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.fhir.bundles import FhirContext, pool_bundle, pools_after
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool
from collector.people.models import Person
from tests.dispensary_bench import DispensaryBench, open_dispensary
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

BASE = "https://bank.example/api/v1/fhir"


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_dispensary(app, town) as bench:
        yield bench


def pool_of(dana: DispensaryBench, label: str) -> str:
    found = dana.session.scalar(
        select(MilkPool.number)
        .join(Lot, Lot.pool_id == MilkPool.id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(Bottle.number == label)
    )
    assert found is not None
    return found


def bundle(dana: DispensaryBench, number: str) -> dict[str, Any]:
    context = FhirContext(bank_id=dana.bank, now=LATER, base=BASE)
    found = pool_bundle(dana.session, context, number=number)
    Bundle.model_validate_json(json.dumps(found))
    return found


def kinds(found: dict[str, Any]) -> Counter[str]:
    return Counter(each["resource"]["resourceType"] for each in found["entry"])


def of_kind(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = (each["resource"] for each in found["entry"])
    return [each for each in resources if each["resourceType"] == kind]


def test_a_pool_with_bottles_one_of_which_was_dispensed(dana: DispensaryBench) -> None:
    first, second = dana.lot(2)
    child = dana.child("a")
    dana.dispense(dana.order(child, 100), first)
    found = bundle(dana, pool_of(dana, first))
    assert kinds(found) == {
        "BiologicallyDerivedProduct": 3,
        "BiologicallyDerivedProductDispense": 1,
        "DiagnosticReport": 1,
    }
    status = {
        each["identifier"][0]["value"]: each["productStatus"]["code"]
        for each in of_kind(found, "BiologicallyDerivedProduct")
        if "parent" in each
    }
    assert status == {first: "unavailable", second: "available"}
    (dispensed,) = of_kind(found, "BiologicallyDerivedProductDispense")
    assert dispensed["status"] == "issued"
    assert dispensed["patient"]["identifier"]["value"] == child.pseudonym
    actors = [each["actor"]["identifier"]["value"] for each in dispensed["performer"]]
    assert actors == [str(dana.dana), str(dana.dirk)]
    assert dispensed["destination"] == {"display": "CHU, Neonatology"}


def test_the_child_of_a_depots_bottle_is_not_told(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1)
    dana.dispense(dana.order(None, 100), label)
    (dispensed,) = of_kind(bundle(dana, pool_of(dana, label)), "BiologicallyDerivedProductDispense")
    assert dispensed["patient"]["extension"][0]["valueCode"] == "unknown"


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[ReleaseBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield ReleaseBench(bench, session)


def test_samples_results_and_the_decision(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.ready(lot)
    before = _bundle_of_lot(lea, lot)
    assert kinds(before)["Specimen"] == 2
    assert kinds(before)["Observation"] == 3
    assert {each["status"] for each in of_kind(before, "Observation")} == {"final"}
    below = [
        each for each in of_kind(before, "Observation") if "comparator" in each["valueQuantity"]
    ]
    assert {each["valueQuantity"]["comparator"] for each in below} == {"<"}
    (report,) = of_kind(before, "DiagnosticReport")
    assert (report["status"], report["conclusion"]) == ("preliminary", "waiting")
    lea.release(lot)
    (report,) = of_kind(_bundle_of_lot(lea, lot), "DiagnosticReport")
    assert (report["status"], report["conclusion"]) == ("final", "released")
    assert len(report["result"]) == 3


def _bundle_of_lot(lea: ReleaseBench, lot: int) -> dict[str, Any]:
    pool = lea.session.get_one(MilkPool, lea.session.get_one(Lot, lot).pool_id)
    context = FhirContext(bank_id=lea.bench.town.bank, now=LATER, base=BASE)
    found = pool_bundle(lea.session, context, number=pool.number)
    Bundle.model_validate_json(json.dumps(found))
    return found


def test_a_held_lot_is_not_available(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1)
    bottle = dana.session.scalars(select(Bottle).where(Bottle.number == label)).one()
    dana.lab.hold(HoldSubject.LOT, bottle.lot_id)
    products = of_kind(bundle(dana, pool_of(dana, label)), "BiologicallyDerivedProduct")
    assert products[1]["productStatus"]["code"] == "unavailable"


def test_no_donor_no_container_and_no_name_is_in_a_bundle(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1)
    dana.dispense(dana.order(dana.child("a"), 100), label)
    text = json.dumps(bundle(dana, pool_of(dana, label)))
    donors = dana.session.scalars(select(Donor)).all()
    words = {
        *(each for donor in donors for each in (donor.number, donor.first_name, donor.family_name)),
        *dana.session.scalars(select(Container.number)),
        *dana.session.scalars(select(Person.name)),
    }
    assert [word for word in words if word and f'"{word}' in text] == []


def test_another_banks_pool_is_unknown(dana: DispensaryBench, town: Town) -> None:
    (label,) = dana.lot(1)
    number = pool_of(dana, label)
    context = FhirContext(bank_id=town.other_bank, now=LATER, base=BASE)
    with pytest.raises(NotFound, match="number_unknown"):
        pool_bundle(dana.session, context, number=number)
    assert not pools_after(dana.session, bank_id=town.other_bank, key=0, most=9)
    assert len(pools_after(dana.session, bank_id=dana.bank, key=0, most=9)) == 1
