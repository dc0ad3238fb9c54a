"""The labels that a phone and the bank judge alike: the cases of tests/replay_cases.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collector.banks.policies import LabelCheck
from collector.custody.labels import check_label, read_label
from collector.errors import Refused

CASES = json.loads((Path(__file__).parents[2] / "replay_cases.json").read_text(encoding="utf-8"))
AS_THE_PHONE_SAYS = {
    "label_not_safe": "label_bad_sign",
    "label_check_digit": "label_bad_digit",
    "label_of_another_visit": "label_other_visit",
}


@pytest.mark.parametrize("case", CASES["labels"], ids=lambda case: case["label"])
def test_a_label_is_judged_as_on_the_phone(case: dict[str, Any]) -> None:
    assert wrong(case["label"], LabelCheck(case["check"])) == case["wrong"]


def wrong(label: str, check: LabelCheck) -> str | None:
    try:
        check_label(read_label(label), pickup_id=31, check=check)
    except Refused as no:
        return AS_THE_PHONE_SAYS[no.code]
    return None
