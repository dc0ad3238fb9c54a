"""Flags: each one on the first day it shows and the last day it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.banks.models import Jurisdiction, Zone
from collector.banks.policies import Policies, preset_rows
from collector.donors.models import Donor, DonorState, Serology, SerologyOutcome
from collector.pickups.flags import Flag, fetch_by, flags
from collector.pickups.models import (
    HoldReason,
    MilkLine,
    Pickup,
    PickupHold,
    PickupState,
    PickupWindow,
    Purpose,
)
from collector.pickups.purposes import purposes_for
from collector.places.models import Address, Position
from collector.planning.problem.plannability import not_plannable

DAY = date(2026, 11, 24)
POLICIES = Policies(preset_rows(1, Jurisdiction.FRANCE))


def donor(
    *,
    until: date = DAY + timedelta(days=60),
    state: DonorState = DonorState.ELIGIBLE,
    placed: bool = True,
    interviewed: bool = True,
) -> Donor:
    return Donor(
        id=7,
        bank_id=1,
        state=state,
        suspended_until=None,
        baby_born_on=None,
        interview_signed_on=date(2026, 1, 1) if interviewed else None,
        consent_version="1",
        address=Address(postcode="33000", position=Position() if placed else None),
        serologies=[
            Serology(drawn_on=date(2026, 1, 1), outcome=SerologyOutcome.CLEAR, valid_until=until)
        ],
    )


def pickup(
    who: Donor | None = None,
    *,
    key: int = 31,
    volume_ml: int = 1500,
    oldest_on: date | None = DAY - timedelta(days=10),
    purposes: tuple[Purpose, ...] = (Purpose.COLLECTION,),
    holds: tuple[PickupHold, ...] = (),
    state: PickupState = PickupState.ASKED,
) -> Pickup:
    return Pickup(
        id=key,
        donor_id=7,
        donor=who or donor(),
        state=state,
        purposes=list(purposes),
        volume_ml=volume_ml,
        oldest_on=oldest_on,
        holds=list(holds),
        windows=[PickupWindow(day=DAY, opens=time(9), closes=time(11))],
    )


def seen(row: Pickup, on: date = DAY, **besides: object) -> tuple[Flag, ...]:
    return flags(row, on=on, policies=POLICIES, zones=[], **besides)  # type: ignore[arg-type]


def test_a_plain_request_has_no_flag() -> None:
    assert seen(pickup()) == ()


def test_the_minimum_volume_itself_is_enough() -> None:
    assert seen(pickup(volume_ml=400)) == ()
    assert seen(pickup(volume_ml=399)) == (Flag.BELOW_MINIMUM,)


def test_no_minimum_holds_for_milk_of_her_own_child() -> None:
    row = pickup(volume_ml=50)
    row.line = MilkLine.OWN_CHILD
    assert seen(row) == ()
    assert not_plannable(row, on=DAY, policies=POLICIES) is None


@given(oldest_on=st.dates(date(2023, 12, 1), date(2028, 3, 31)))
def test_milk_is_taken_through_its_last_day_with_a_week_of_warning(oldest_on: date) -> None:
    who = donor(until=date(2040, 1, 1))
    who.interview_signed_on = date(2000, 1, 1)
    who.serologies[0].drawn_on = date(2000, 1, 1)
    row, last = pickup(who, oldest_on=oldest_on), fetch_by(oldest_on, POLICIES)
    assert last == oldest_on + timedelta(days=90), "the French preset"
    assert seen(row, last - timedelta(days=7)) == ()
    assert seen(row, last - timedelta(days=6)) == (Flag.MILK_NEARLY_TOO_OLD,)
    assert seen(row, last) == (Flag.MILK_NEARLY_TOO_OLD,)
    assert seen(row, last + timedelta(days=1)) == (Flag.MILK_TOO_OLD,)


def test_serology_counts_on_the_day_of_the_visit() -> None:
    row = pickup(donor(until=DAY))
    assert seen(row, DAY) == ()
    assert seen(row, DAY + timedelta(days=1)) == (Flag.SEROLOGY_LAPSES,)


def test_a_blocked_file_has_its_flag_and_an_unfinished_one_needs_review() -> None:
    assert seen(pickup(donor(state=DonorState.EXCLUDED))) == (Flag.NOT_ELIGIBLE,)
    assert seen(pickup(donor(interviewed=False))) == (Flag.NEEDS_REVIEW,)
    interview = pickup(donor(interviewed=False), purposes=(Purpose.FIRST_INTERVIEW,), volume_ml=0)
    assert seen(interview) == ()


def test_a_hold_has_a_flag_until_it_is_cleared() -> None:
    hold = PickupHold(reason=HoldReason.ILLNESS, cleared_at=None)
    row = pickup(holds=(hold,))
    assert seen(row) == (Flag.HELD,)
    hold.cleared_at = datetime(2026, 11, 23, tzinfo=UTC)
    assert seen(row) == ()


def test_an_address_without_a_position_and_one_outside_the_zones_have_flags() -> None:
    assert seen(pickup(donor(placed=False))) == (Flag.ADDRESS_NOT_FOUND,)
    near, far = Zone(name="Gironde", postcodes=["33"]), Zone(name="Landes", postcodes=["40"])
    row = pickup()
    assert flags(row, on=DAY, policies=POLICIES, zones=[far]) == (Flag.OUTSIDE_ZONE,)
    assert flags(row, on=DAY, policies=POLICIES, zones=[far, near]) == ()


def test_a_second_open_request_for_the_day_is_a_duplicate() -> None:
    row, twin = pickup(), pickup(key=32)
    assert seen(row, others=[row]) == ()
    assert seen(row, others=[row, twin]) == (Flag.DUPLICATE,)
    twin.state = PickupState.CANCELLED
    assert seen(row, others=[row, twin]) == ()


def test_a_visit_brings_a_blood_sample_if_the_test_does_not_reach_every_day() -> None:
    days = (DAY, DAY + timedelta(days=3))
    wanted = purposes_for(donor(until=DAY + timedelta(days=3)), days=days, policies=POLICIES)
    assert wanted == (Purpose.COLLECTION,)
    wanted = purposes_for(donor(until=DAY + timedelta(days=2)), days=days, policies=POLICIES)
    assert wanted == (Purpose.COLLECTION, Purpose.BLOOD_SAMPLE)


def test_a_donor_without_an_interview_is_visited_for_it_and_added_purposes_stay() -> None:
    who = donor(interviewed=False)
    wanted = purposes_for(who, days=(DAY,), policies=POLICIES, kept=["pump_return", "collection"])
    assert wanted == (Purpose.FIRST_INTERVIEW, Purpose.PUMP_RETURN)
