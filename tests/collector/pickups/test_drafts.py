"""The draft of a pick-up: nothing is lost on its way to a row and back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.pickups.drafts import CivilWindow, PickupDraft, draft_of, write_draft
from collector.pickups.models import (
    Enquiry,
    HoldReason,
    Kit,
    Pickup,
    PickupHold,
    PickupWindow,
    Purpose,
)

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
HOURS = st.times().map(lambda hour: hour.replace(microsecond=0))


def some(choices: type[Kit | HoldReason | Purpose]) -> st.SearchStrategy:
    """Return a strategy of tuples of choices, in the order of their enum."""
    chosen = st.sets(st.sampled_from(list(choices)))
    return chosen.map(lambda them: tuple(each for each in choices if each in them))


DRAFTS = st.builds(
    PickupDraft,
    bottles=st.integers(0, 150),
    volume_ml=st.integers(0, 30_000),
    oldest_on=st.none() | DAYS,
    freezer_nearly_full=st.booleans(),
    freezer_quarters=st.none() | st.integers(1, 4),
    empties_wanted=st.integers(0, 100),
    kit_wanted=some(Kit),
    call_first=st.booleans(),
    do_not_ring=st.booleans(),
    neighbour=st.booleans(),
    note=st.text(max_size=20).map(str.strip),
    purposes=some(Purpose),
    health=some(HoldReason),
    windows=st.lists(st.builds(CivilWindow, day=DAYS, opens=HOURS, closes=HOURS), max_size=3).map(
        tuple
    ),
)


@given(DRAFTS)
def test_a_request_gives_its_draft_back(draft: PickupDraft) -> None:
    pickup = Pickup()
    write_draft(pickup, draft)
    pickup.windows = [PickupWindow(**window._asdict()) for window in draft.windows]
    pickup.holds = [PickupHold(reason=reason) for reason in draft.health]
    full = draft.is_freezer_nearly_full
    assert draft_of(pickup) == replace(draft, freezer_nearly_full=full)


@given(DRAFTS)
def test_an_enquiry_gives_back_all_but_the_answers_of_the_last_step(draft: PickupDraft) -> None:
    enquiry = Enquiry(day=None, opens=None, closes=None)
    write_draft(enquiry, draft)
    last_step = {"freezer_nearly_full", "call_first", "do_not_ring", "neighbour", "note", "windows"}
    kept = draft_of(enquiry)
    for field in fields(PickupDraft):
        if field.name not in last_step:
            assert getattr(kept, field.name) == getattr(draft, field.name)
    assert kept.is_freezer_nearly_full == (draft.freezer_quarters in {3, 4})


def test_a_held_slot_is_the_window_of_an_enquiry() -> None:
    enquiry = Enquiry(day=date(2026, 11, 24), opens=time(9), closes=time(11))
    write_draft(enquiry, PickupDraft())
    assert draft_of(enquiry).windows == (CivilWindow(date(2026, 11, 24), time(9), time(11)),)
    assert draft_of(enquiry).days == {date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("marked", "quarters", "full"),
    [
        (False, None, False),
        (False, 2, False),
        (False, 3, True),
        (True, None, True),
        (True, 1, True),
    ],
)
def test_a_freezer_is_nearly_full_by_its_mark_or_from_three_quarters(
    marked: bool,  # noqa: FBT001 - a case of the table
    quarters: int | None,
    full: bool,  # noqa: FBT001
) -> None:
    draft = PickupDraft(freezer_nearly_full=marked, freezer_quarters=quarters)
    assert draft.is_freezer_nearly_full is full
    pickup = Pickup()
    write_draft(pickup, draft)
    assert pickup.freezer_nearly_full is full
