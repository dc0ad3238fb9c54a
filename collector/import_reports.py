"""Reports of an import: the outcome of each row, its mistakes and its repairs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Self

from collector.csv_rows import REASON_KEYS, CsvFile, heading_key, write_rows
from collector.field_parsers import FieldMistake
from collector.workbook_lines import workbook_of


class RowOutcome(StrEnum):
    """The outcome of a row."""

    NEW = "new"
    UPDATED = "updated"
    LEFT_OUT = "left_out"
    WRONG = "wrong"


class Repair(NamedTuple):
    """A cell that was understood otherwise than written: `1000` as `01000`."""

    column: str
    given: str
    kept: str


class Likeness(NamedTuple):
    """A donor whom a row may mean: a file of the bank, or an earlier line."""

    donor_id: int | None
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """The outcome of one row; `line` is its first line in the file, counted from 1."""

    line: int
    outcome: RowOutcome = RowOutcome.NEW
    mistakes: tuple[FieldMistake, ...] = ()
    repairs: tuple[Repair, ...] = ()
    known_id: int | None = None
    """The donor with the number or e-mail address of the row."""
    likely: tuple[Likeness, ...] = ()

    def refused(self, code: str, **figures: object) -> Self:
        """Return the report of a row whose writing was refused."""
        mistake = FieldMistake("", code, figures)
        return replace(self, outcome=RowOutcome.WRONG, mistakes=(*self.mistakes, mistake))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The result of an import: every row, and the mistakes of the file as such."""

    rows: tuple[RowReport, ...] = ()
    file_mistakes: tuple[FieldMistake, ...] = ()

    def count(self, *outcomes: RowOutcome) -> int:
        """Return the number of rows with one of these outcomes."""
        return sum(row.outcome in outcomes for row in self.rows)

    @property
    def rejected(self) -> list[RowReport]:
        """The rows with mistakes."""
        return [row for row in self.rows if row.mistakes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoices:
    """Choices of a person about donors whom the bank knows, or may know.

    Attributes
    ----------
    update_known
        Whether a donor with the number or e-mail address of a row is updated.
    new_lines
        The lines with a likeness that open a file all the same.
    updates
        The file that a line with a likeness updates.
    """

    update_known: bool = False
    new_lines: frozenset[int] = frozenset()
    updates: Mapping[int, int] = field(default_factory=dict)


def rejected_file(
    file: CsvFile,
    report: ImportReport,
    *,
    reasons: str,
    sentence: Callable[[FieldMistake], str],
) -> bytes:
    """Return the rejected rows as a file, each with the reasons of its cells in a last column.

    The file is .xlsx if the rows came as .xlsx, and CSV otherwise.

    Parameters
    ----------
    reasons
        The heading of that column, one of `REASON_KEYS` in its language.
    """
    wrong = {row.line: row.mistakes for row in report.rejected}
    pairs = zip(file.headings, file.columns, strict=True)
    headings = {column: heading for heading, column in pairs if column}
    rows = [
        dict(zip(file.headings, row.written, strict=False))
        | {reasons: _reasons(wrong[row.line], headings, sentence)}
        for row in file.rows
        if row.line in wrong
    ]
    kept = [heading for heading in file.headings if heading_key(heading) not in REASON_KEYS]
    columns = [*kept, reasons]
    if file.is_workbook:
        return workbook_of([columns, *([row[column] for column in columns] for row in rows)])
    return write_rows(columns, rows)


def _reasons(
    mistakes: Iterable[FieldMistake],
    headings: Mapping[str, str],
    sentence: Callable[[FieldMistake], str],
) -> str:
    texts = []
    for mistake in mistakes:
        heading = headings.get(mistake.field, mistake.field)
        texts.append(f"{heading}: {sentence(mistake)}" if heading else sentence(mistake))
    return " | ".join(texts)
