"""Results from a file: every row judged, then the good ones kept, all in one transaction."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.audit.actions import record
from collector.csv_cells import Cells
from collector.csv_rows import CsvColumns, read_rows
from collector.errors import Conflict, Refused
from collector.import_reports import ImportReport, RowReport
from collector.laboratory.sampling.actions import read_sample_number
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    LabSample,
    ResultFile,
    ResultUnit,
    SampleState,
)
from collector.laboratory.sampling.results import ResultDraft, enter_results, refuse_draft
from collector.laboratory.sampling.spellings import parse_result

COLUMNS = CsvColumns(
    required=("sample", "analyte", "result", "unit"),
    optional=("plate", "plated_ul", "method"),
    headings={
        "sample": ("echantillon", "prelevement", "numero d echantillon", "sample number"),
        "analyte": ("germe", "parametre", "analyse", "parameter", "test"),
        "result": ("resultat", "valeur", "value"),
        "unit": ("unite", "units"),
        "plate": ("boite", "plaque"),
        "plated_ul": ("volume etale ul", "volume ensemence ul", "plated volume ul"),
        "method": ("methode",),
    },
)
"""The columns of a file of results, with headings that other programs write."""
ANALYTES: Mapping[str, str] = {
    "total germs": Analyte.TOTAL,
    "germes totaux": Analyte.TOTAL,
    "flore totale": Analyte.TOTAL,
    "flore aerobie mesophile totale": Analyte.TOTAL,
    "total viable count": Analyte.TOTAL,
    "s aureus": Analyte.AUREUS,
    "staphylococcus aureus": Analyte.AUREUS,
    "enterobacteries": Analyte.ENTEROBACTERALES,
    "enterobacteriaceae": Analyte.ENTEROBACTERALES,
    "b cereus": Analyte.CEREUS,
    "bacillus cereus": Analyte.CEREUS,
    "coliformes": Analyte.COLIFORMS,
    "acidite": Analyte.ACIDITY,
    "dornic": Analyte.ACIDITY,
}
UNITS: Mapping[str, str] = {
    "cfu ml": ResultUnit.CFU_ML,
    "ufc ml": ResultUnit.CFU_ML,
    "colonies": ResultUnit.COLONIES,
    "colony": ResultUnit.COLONIES,
    "colonie": ResultUnit.COLONIES,
    "d": ResultUnit.DORNIC,
    "dornic": ResultUnit.DORNIC,
}
LONGEST_METHOD = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultImport:
    """The rows of a file as judged, and the drafts of the good ones by sample."""

    report: ImportReport
    drafts: Mapping[int, Sequence[ResultDraft]]
    accepted: int


def judge_results(session: Session, content: bytes, *, bank_id: int) -> ResultImport:
    """Return the rows of a file with their mistakes; nothing is kept."""
    file = read_rows(content, COLUMNS)
    if file.mistakes:
        report = ImportReport(file_mistakes=file.mistakes)
        return ResultImport(report=report, drafts={}, accepted=0)
    rows = [Cells(row) for row in file.rows]
    known = _samples(session, bank_id, [each.text("sample").upper() for each in rows])
    taken = _standing(session, known)
    reports: list[RowReport] = []
    drafts: dict[int, list[ResultDraft]] = defaultdict(list)
    for cells in rows:
        sample, draft = _entry(cells, known)
        if sample is not None and draft is not None:
            place = (sample.id, draft.plate, draft.analyte)
            if place in taken:
                cells.wrong("result", "result_stands", plate=draft.plate)
            elif not cells.mistakes:
                taken.add(place)
                drafts[sample.id].append(draft)
        reports.append(cells.report())
    return ResultImport(
        report=ImportReport(rows=tuple(reports)),
        drafts=drafts,
        accepted=sum(len(each) for each in drafts.values()),
    )


def keep_results(
    session: Session, *, now: datetime, bank_id: int, person_id: int, content: bytes
) -> ResultFile:
    """Keep a file with the results of its good rows.

    Raises
    ------
    Conflict
        `results_known`: the file was imported already.
    Refused
        `results_missing`: no row is good.
    """
    digest = hashlib.sha256(content).hexdigest()
    same = select(ResultFile.id).where(ResultFile.bank_id == bank_id, ResultFile.sha256 == digest)
    if session.scalar(same) is not None:
        raise Conflict("results_known")
    judged = judge_results(session, content, bank_id=bank_id)
    if not judged.accepted:
        raise Refused("results_missing")
    file = ResultFile(
        bank_id=bank_id,
        sha256=digest,
        file=zlib.compress(content),
        accepted=judged.accepted,
        refused=len(judged.report.rejected),
        imported_by_id=person_id,
        imported_at=now,
    )
    session.add(file)
    session.flush()
    for sample_id, drafts in sorted(judged.drafts.items()):
        _enter(session, file, sample_id, drafts)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="results imported",
        subject=f"result_file:{file.id}",
        accepted=file.accepted,
        refused=file.refused,
    )
    return file


def _enter(
    session: Session, file: ResultFile, sample_id: int, drafts: Sequence[ResultDraft]
) -> None:
    enter_results(
        session,
        now=file.imported_at,
        bank_id=file.bank_id,
        person_id=file.imported_by_id,
        sample_id=sample_id,
        drafts=drafts,
        file_id=file.id,
    )


def _entry(
    cells: Cells, known: Mapping[str, LabSample]
) -> tuple[LabSample | None, ResultDraft | None]:
    number = cells.value("sample", read_sample_number, required=True) or ""
    sample = known.get(number)
    if number and sample is None:
        cells.wrong("sample", "sample_unknown", number=number)
    elif sample is not None and sample.state is SampleState.LOST:
        cells.wrong("sample", "sample_lost", number=number)
    figure = cells.value("result", parse_result, required=True)
    cells.text("unit", required=True)
    cells.text("analyte", required=True)
    unit = cells.choice("unit", tuple(ResultUnit), words=UNITS, default=ResultUnit.CFU_ML)
    analyte = cells.choice("analyte", tuple(Analyte), words=ANALYTES, default=Analyte.TOTAL)
    plate, plated_ul = cells.whole_number("plate"), cells.whole_number("plated_ul")
    method = cells.text("method", most=LONGEST_METHOD)
    if sample is None or figure is None or cells.mistakes:
        return sample, None
    draft = ResultDraft(
        plate=plate or 1,
        analyte=Analyte(analyte),
        figure=figure,
        unit=ResultUnit(unit),
        plated_ul=plated_ul or sample.plan.plated_ul,
        method=method,
    )
    cells.judge("result", refuse_draft, draft, plates=sample.plan.plates)
    return sample, draft


def _samples(session: Session, bank_id: int, numbers: Sequence[str]) -> dict[str, LabSample]:
    rows = session.scalars(
        select(LabSample)
        .options(joinedload(LabSample.plan))
        .where(LabSample.bank_id == bank_id, LabSample.number.in_(set(numbers)))
    )
    return {row.number: row for row in rows}


def _standing(session: Session, known: Mapping[str, LabSample]) -> set[tuple[int, int, Analyte]]:
    """Return the plates of these samples that have a result, by sample and analyte."""
    rows = session.execute(
        select(LabResult.sample_id, LabResult.plate, LabResult.analyte).where(
            LabResult.sample_id.in_([each.id for each in known.values()]),
            LabResult.superseded_at.is_(None),
        )
    )
    return {(row[0], row[1], row[2]) for row in rows}
