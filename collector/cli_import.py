"""The `milkround import` command: donors and requests from a file, as on the board."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from collector.csv_rows import CsvFile, read_rows
from collector.db import transaction
from collector.errors import Refused
from collector.field_parsers import FieldMistake
from collector.import_reports import ImportChoices, ImportReport, RowOutcome, rejected_file
from collector.imports.actions import remember_columns
from collector.imports.queries import remembered_columns
from collector.installation import application, bank_named, clock, command, settings
from collector.web.board.inbox.import_kinds import KINDS, ImportKind
from collector.web.wording import sentence


class ColumnChoice(click.ParamType):  # type: ignore[type-arg]  # generic in its stub alone
    """A heading of the file and its column, as `Prénom=first_name`; empty to leave it out."""

    name = "heading=column"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the heading and the column."""
        heading, sign, column = value.rpartition("=")
        known = {name for kind in KINDS.values() for name in _columns(kind)}
        if not sign or (column and column not in known):
            self.fail(f"{value!r} is no HEADING=COLUMN of ours", param, ctx)
        return heading, column


@command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", "slug", required=True, help="The bank's short name.")
@click.option(
    "--column",
    "chosen",
    type=ColumnChoice(),
    multiple=True,
    help="The column of a heading, such as Prénom=first_name; remembered for the bank.",
)
@click.option("--update-known", is_flag=True, help="Update donors known by number or e-mail.")
@click.option("--likely-are-new", is_flag=True, help="Open files for likely duplicates too.")
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of the rows to correct; by default FILE-to-correct.csv, or .xlsx as FILE.",
)
def import_(
    kind: str,
    file: Path,
    *,
    slug: str,
    chosen: tuple[tuple[str, str], ...],
    update_known: bool,
    likely_are_new: bool,
    rejected: Path | None,
) -> None:
    """Import the good rows of a .xlsx or CSV file of donors or requests.

    The others are written to a file with the reason of each cell, and the exit code is 1.
    """
    present = settings()
    with application(present).test_request_context(base_url=present.public_url):
        with transaction() as session:
            bank_id = bank_named(session, slug).id
            remember_columns(session, bank_id=bank_id, kind=kind, columns=dict(chosen))
            remembered = remembered_columns(session, bank_id=bank_id, kind=kind)
            read = read_rows(file.read_bytes(), KINDS[kind].columns, remembered=remembered)
            report = _bring_in(
                session, KINDS[kind], read, bank_id, update=update_known, new=likely_are_new
            )
        _tell(read, report)
        if report.rejected:
            suffix = "xlsx" if read.is_workbook else "csv"
            path = rejected or file.with_name(f"{file.stem}-to-correct.{suffix}")
            content = rejected_file(read, report, reasons="to correct", sentence=_sentence)
            path.write_bytes(content)
            click.echo(f"The rows to correct are in {path}.", err=True)
    if report.rejected or report.file_mistakes:
        raise SystemExit(1)


def _bring_in(
    session: Session, kind: ImportKind, read: CsvFile, bank_id: int, *, update: bool, new: bool
) -> ImportReport:
    present = clock.now()
    judged = kind.judge(session, read, now=present, bank_id=bank_id)
    report: ImportReport = judged.report
    likely = frozenset(row.line for row in report.rows if row.likely) if new else frozenset()
    if report.file_mistakes:
        return report
    return kind.keep(
        session,
        judged,
        now=present,
        bank_id=bank_id,
        actor="system",
        choices=ImportChoices(update_known=update, new_lines=likely),
    )


def _tell(read: CsvFile, report: ImportReport) -> None:
    if read.unused:
        click.echo(f"Left out: {', '.join(read.unused)}", err=True)
    for mistake in report.file_mistakes:
        click.echo(_sentence(mistake), err=True)
    for row in report.rows:
        for repair in row.repairs:
            kept = f"{repair.given} -> {repair.kept}"
            click.echo(f"line {row.line}, {repair.column}: {kept}", err=True)
        for mistake in row.mistakes:
            click.echo(f"line {row.line}, {mistake.field}: {_sentence(mistake)}", err=True)
        if row.outcome is RowOutcome.LEFT_OUT:
            same = "is a known donor" if row.known_id else "may be a known donor"
            click.echo(f"line {row.line} {same}: left out", err=True)
    for outcome, words in ((RowOutcome.NEW, "imported"), (RowOutcome.UPDATED, "updated")):
        count = report.count(outcome)
        if count or outcome is RowOutcome.NEW:
            click.echo(f"{count} {'row was' if count == 1 else 'rows were'} {words}.")


def _sentence(mistake: FieldMistake) -> str:
    return sentence(Refused(mistake.code, **mistake.figures))


def _columns(kind: ImportKind) -> tuple[str, ...]:
    return (*kind.columns.required, *kind.columns.optional)
