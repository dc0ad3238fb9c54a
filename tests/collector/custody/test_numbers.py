from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from collector.custody.models import RefusalReason
from collector.custody.numbers import number_of, refused_number_of
from collector.custody.pickup_record import PickupRecord, Refusal

visits = st.integers(1, 10**6)
places = st.integers(1, 200)


def digits_of(number: str) -> str:
    return "".join(each for each in number if each.isdigit())


@given(visits, places)
def test_a_number_ends_with_the_digit_that_checks_it(visit: int, place: int) -> None:
    assert damm.is_valid(digits_of(number_of(visit, place)))
    assert damm.is_valid(digits_of(refused_number_of(visit, place)))


@given(visits, places, st.data())
def test_one_digit_misread_is_found_by_the_check(
    visit: int, place: int, data: st.DataObject
) -> None:
    digits = digits_of(number_of(visit, place))
    at = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([each for each in "0123456789" if each != digits[at]]))
    assert not damm.is_valid(digits[:at] + wrong + digits[at + 1 :])


@given(st.lists(st.tuples(visits, places), unique=True, max_size=30))
def test_no_two_bottles_have_one_number(bottles: list[tuple[int, int]]) -> None:
    taken = [number_of(*bottle) for bottle in bottles]
    refused = [refused_number_of(*bottle) for bottle in bottles]
    assert len({*taken, *refused}) == 2 * len(bottles)


def test_labels_come_first_and_the_others_are_counted_on() -> None:
    assert door(bottles=3, containers=("MR-1",)).numbers(31) == [
        "MR-1",
        number_of(31, 2),
        number_of(31, 3),
    ]


def test_each_refused_bottle_has_a_number_with_its_reason() -> None:
    refused = (
        Refusal(count=2, reason=RefusalReason.THAWED),
        Refusal(count=1, reason=RefusalReason.TOO_OLD),
    )
    assert door(bottles=0, refused=refused).refused_numbers(31) == {
        refused_number_of(31, 1): RefusalReason.THAWED,
        refused_number_of(31, 2): RefusalReason.THAWED,
        refused_number_of(31, 3): RefusalReason.TOO_OLD,
    }


def door(
    *, bottles: int, containers: tuple[str, ...] = (), refused: tuple[Refusal, ...] = ()
) -> PickupRecord:
    return PickupRecord(
        bottles=bottles,
        volume_ml=200 * bottles,
        freezer_celsius=-20.0,
        storage_ok=True,
        containers=containers,
        refused=refused,
        empties_left=0,
        note="",
    )
