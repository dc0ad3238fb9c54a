"""Scans of the bench: the form of a scanner's field, and the list of refused scans."""

from collector.custody.labels import read_label
from collector.custody.numbers import has_valid_digit, is_made_number
from collector.db import transaction
from collector.errors import MilkroundError, Refused
from collector.laboratory.labels.numbers import is_bottle_number
from collector.laboratory.reception.actions import keep_refused_scan
from collector.laboratory.reception.models import ScanTask
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor, now, person_id
from collector.web.wording import sentence

LONGEST_LABEL = 80


class ScanForm(Form):
    """The text of the scanner, or of the keyboard."""

    label = TextField(longest=LONGEST_LABEL)


def container_label(text: str) -> str:
    """Return the scanned number of a container in its stored form.

    Raises
    ------
    Refused
        `label_missing`, `label_not_safe`, `scan_mistyped` (`number`).
    """
    if not text:
        raise Refused("label_missing")
    number = read_label(text)
    if is_made_number(number) and not has_valid_digit(number):
        raise Refused("scan_mistyped", number=number)
    return number


def thing_label(text: str) -> str:
    """Return the scanned number of a bottle or a container in its stored form.

    Raises
    ------
    Refused
        As `container_label`.
    """
    return text.strip().upper() if is_bottle_number(text) else container_label(text)


def refused_scan(task: ScanTask, text: str, error: MilkroundError) -> str:
    """Keep a refused scan for the list of the day; return the sentence of the refusal."""
    with transaction() as session:
        keep_refused_scan(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            task=task,
            text=text,
            code=error.code,
        )
    return sentence(error)
