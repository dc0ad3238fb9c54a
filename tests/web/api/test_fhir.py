"""FHIR in the API: the list of pools, one bundle, its media type and its scope."""

from __future__ import annotations

from fhir.resources.bundle import Bundle
from flask import Flask

from collector.applications.models import Scope
from collector.db import transaction
from tests.laboratory_bench import open_bench
from tests.release_bench import ReleaseBench
from tests.town import Town, sign_in
from tests.web.api.callers import ApiClient, new_token


def test_a_pool_is_read_as_a_bundle_and_as_a_file(app: Flask, town: Town) -> None:
    with open_bench(app, town) as bench:
        with transaction() as session:
            lea = ReleaseBench(bench, session)
            lea.ready(*lea.lots(1))
        nora = bench.nora
    api = ApiClient(app, new_token(app, town, [Scope.FHIR_READ]))
    (pool,) = api.read("/fhir/pools")["items"]
    answer = api.send("GET", f"/fhir/pools/{pool['number']}")
    assert answer.mimetype == "application/fhir+json"
    found = Bundle.model_validate_json(answer.get_data(as_text=True))
    kinds = {each.resource.get_resource_type() for each in found.entry}
    assert {"BiologicallyDerivedProduct", "Specimen", "Observation", "DiagnosticReport"} == kinds
    assert found.entry[0].fullUrl.startswith("http")
    file = sign_in(app, bank=town.bank, person=nora).get(f"/laboratory/chain/fhir/{pool['number']}")
    same = Bundle.model_validate_json(file.get_data(as_text=True))
    assert len(same.entry) == len(found.entry)
    assert api.send("GET", "/fhir/pools/none").status_code == 404


def test_another_scope_reads_no_bundle(app: Flask, town: Town) -> None:
    api = ApiClient(app, new_token(app, town, [Scope.CONTAINERS_READ]))
    assert api.send("GET", "/fhir/pools").status_code == 403
