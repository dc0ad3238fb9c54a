"""Resources of FHIR R5 as plain JSON values, made from rows.

Numbers of pools, bottles and samples are identifiers; keys are technical ids. Analytes and products
have words and no code: no code system was agreed with a hospital yet, and a code is never computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.laboratory.holding.models import LotDecision
from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    LabSample,
    ResultComparator,
    ResultUnit,
    SampleStage,
    SampleState,
)
from collector.recipients.models import Recipient, Ward

Resource = dict[str, Any]

STATUS: Final = "http://hl7.org/fhir/biologicallyderived-product-status"
UCUM: Final = "http://unitsofmeasure.org"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
NUMBERS: Final = "urn:milkround:{kind}"
"""The system of an identifier by its kind: `pool`, `bottle`, `sample`, `recipient`, `person`."""

ANALYTES: Final[Mapping[Analyte, str]] = {
    Analyte.TOTAL: "All aerobic germs",
    Analyte.AUREUS: "Staphylococcus aureus",
    Analyte.ENTEROBACTERALES: "Enterobacterales",
    Analyte.CEREUS: "Bacillus cereus",
    Analyte.COLIFORMS: "Coliforms",
    Analyte.ACIDITY: "Titratable acidity",
}
STAGES: Final[Mapping[SampleStage, str]] = {
    SampleStage.PRE: "Human milk before pasteurisation",
    SampleStage.POST: "Human milk after pasteurisation",
}
UNITS: Final[Mapping[ResultUnit, Mapping[str, str]]] = {
    ResultUnit.CFU_ML: {"unit": "CFU/mL", "system": UCUM, "code": "[CFU]/mL"},
    ResultUnit.COLONIES: {"unit": "colonies", "system": UCUM, "code": "[CFU]"},
    ResultUnit.DORNIC: {"unit": "degree Dornic"},
}
REPORTS: Final[Mapping[LotState, str]] = {
    LotState.WAITING: "preliminary",
    LotState.RELEASED: "final",
    LotState.REJECTED: "final",
    LotState.WITHDRAWN: "amended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensedMilkBottle:
    """A dispensed bottle with its dispensing, its ward, and its child if it is told."""

    row: DispensedBottle
    dispensing: Dispensing
    ward: Ward
    recipient: Recipient | None


def identifier(kind: str, value: str) -> Resource:
    """Return an identifier of the bank."""
    return {"system": NUMBERS.format(kind=kind), "value": value}


def pool_product(pool: MilkPool, *, warmest_celsius: int) -> Resource:
    """Return the product of a pool, which its bottles name as their parent."""
    return {
        "resourceType": "BiologicallyDerivedProduct",
        "id": f"pool-{pool.id}",
        "identifier": [identifier("pool", pool.number)],
        "biologicalSourceEvent": identifier("pool", pool.number),
        "productCode": {"text": "Human milk, pooled"},
        "storageTempRequirements": _at_most(warmest_celsius),
    }


def bottle_product(
    bottle: Bottle, lot: Lot, pool: MilkPool, *, may_leave: bool, warmest_celsius: int
) -> Resource:
    """Return the product of a bottle.

    Parameters
    ----------
    may_leave
        Whether it is released, in date, here, and stopped by nothing.
    """
    return {
        "resourceType": "BiologicallyDerivedProduct",
        "id": f"bottle-{bottle.id}",
        "identifier": [identifier("bottle", bottle.number)],
        "biologicalSourceEvent": identifier("pool", pool.number),
        "parent": [{"reference": f"BiologicallyDerivedProduct/pool-{pool.id}"}],
        "division": bottle.number.removeprefix(pool.number).lstrip("-"),
        "productCode": {"text": "Human milk, pasteurised" if lot.cycle_id else "Human milk, raw"},
        "productStatus": {"system": STATUS, "code": "available" if may_leave else "unavailable"},
        "expirationDate": lot.expires_on.isoformat(),
        "storageTempRequirements": _at_most(warmest_celsius),
        "property": [
            {
                "type": {"text": "Volume"},
                "valueQuantity": _millilitres(bottle.volume_ml),
            }
        ],
    }


def dispense(each: DispensedMilkBottle, *, volume_ml: int) -> Resource:
    """Return the dispensing of one bottle; a recipient stands under a pseudonym alone."""
    dispensing = each.dispensing
    found: Resource = {
        "resourceType": "BiologicallyDerivedProductDispense",
        "id": f"dispensed-{each.row.id}",
        "status": _dispense_status(each),
        "product": {"reference": f"BiologicallyDerivedProduct/bottle-{each.row.bottle_id}"},
        "patient": _patient(each.recipient),
        "performer": [
            {"actor": {"identifier": identifier("person", str(key))}, "function": {"text": words}}
            for key, words in (
                (dispensing.picked_by_id, "Picked the bottle"),
                (dispensing.checked_by_id, "Checked the bottle"),
            )
            if key is not None
        ],
        "quantity": _millilitres(volume_ml),
        "preparedDate": _instant(each.row.picked_at),
        "destination": {"display": f"{each.ward.establishment}, {each.ward.name}"},
    }
    if dispensing.handed_over_at is not None:
        found["whenHandedOver"] = _instant(dispensing.handed_over_at)
    return found


def specimen(sample: LabSample, lot: Lot, pool: MilkPool) -> Resource:
    """Return a sample; before heating it is one of the whole pool."""
    return {
        "resourceType": "Specimen",
        "id": f"sample-{sample.id}",
        "identifier": [identifier("sample", sample.number)],
        "status": "unavailable" if sample.state is SampleState.LOST else "available",
        "type": {"text": STAGES[sample.stage]},
        "subject": {"reference": f"BiologicallyDerivedProduct/pool-{pool.id}"},
        "collection": {
            "collectedDateTime": _instant(sample.taken_at),
            "quantity": _millilitres(sample.volume_ml),
        },
        "note": [{"text": f"Lot {lot.id}"}],
    }


def observation(result: LabResult, pool: MilkPool) -> Resource:
    """Return a result; an unverified one is preliminary."""
    quantity: Resource = {"value": result.value, **UNITS[result.unit]}
    if result.comparator is not ResultComparator.EQUAL:
        quantity["comparator"] = result.comparator.value
    verified = result.verified_at or (result.entered_at if result.file_id else None)
    return {
        "resourceType": "Observation",
        "id": f"result-{result.id}",
        "status": "final" if verified else "preliminary",
        "code": {"text": ANALYTES[result.analyte]},
        "subject": {"reference": f"BiologicallyDerivedProduct/pool-{pool.id}"},
        "specimen": {"reference": f"Specimen/sample-{result.sample_id}"},
        "issued": _instant(result.entered_at),
        "valueQuantity": quantity,
        "method": {"text": f"plate {result.plate}, {result.plated_ul} microlitres"},
    }


def report(
    pool: MilkPool,
    lot: Lot,
    *,
    samples: Sequence[LabSample],
    results: Sequence[LabResult],
    decisions: Sequence[LotDecision],
) -> Resource:
    """Return the report on a lot with its latest decision."""
    found: Resource = {
        "resourceType": "DiagnosticReport",
        "id": f"lot-{lot.id}",
        "status": REPORTS[lot.state],
        "code": {"text": "Microbiology of a lot of human milk"},
        "subject": {"reference": f"BiologicallyDerivedProduct/pool-{pool.id}"},
        "conclusion": lot.state.value,
    }
    if samples:
        found["specimen"] = [{"reference": f"Specimen/sample-{each.id}"} for each in samples]
    if results:
        found["result"] = [{"reference": f"Observation/result-{each.id}"} for each in results]
    if decisions:
        found["issued"] = _instant(decisions[-1].decided_at)
    return found


def _dispense_status(each: DispensedMilkBottle) -> str:
    if each.row.returned_at is not None:
        return "returned"
    return "issued" if each.dispensing.handed_over_at is not None else "preparation"


def _patient(recipient: Recipient | None) -> Resource:
    if recipient is None:
        return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    return {"identifier": identifier("recipient", recipient.pseudonym)}


def _millilitres(volume: int) -> Resource:
    return {"value": volume, "unit": "mL", "system": UCUM, "code": "mL"}


def _at_most(celsius: int) -> Resource:
    return {"high": {"value": celsius, "unit": "°C", "system": UCUM, "code": "Cel"}}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
