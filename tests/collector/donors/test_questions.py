"""Questions before a first gift: versions, and results computed on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.banks.models import Jurisdiction
from collector.donors.eligibility import EligibilityVerdict
from collector.donors.questions import (
    Answered,
    AnswerValue,
    Question,
    QuestionSubject,
    Section,
    YesDuration,
    outcome,
    preset,
    question_rows,
    questions_of,
    validate_questions,
)
from collector.errors import Refused

DAY = date(2026, 11, 24)
NO, YES, UNSURE = (
    Answered(value=AnswerValue.NO),
    Answered(value=AnswerValue.YES),
    Answered(value=AnswerValue.UNSURE),
)
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def question(kind: YesDuration, days: int | None = None, key: str = "q") -> Question:
    return Question(
        key=key,
        section=Section.NOW,
        kind=kind,
        whose=QuestionSubject.SELF,
        text={"en": "Well?", "fr": "Alors ?"},
        deferral_days=days,
        source="",
        verified_on=None,
    )


def verdict(
    asked: Question, answered: Answered, on: date = DAY, answered_on: date | None = None
) -> EligibilityVerdict:
    return outcome([asked], {asked.key: answered}, on=on, answered_on=answered_on).verdict


@pytest.mark.parametrize("kind", list(YesDuration))
def test_a_no_is_nothing_found_and_an_unsure_needs_review(kind: YesDuration) -> None:
    assert verdict(question(kind, 10), NO) is EligibilityVerdict.NOTHING_FOUND
    assert verdict(question(kind, 10), UNSURE) is EligibilityVerdict.NEEDS_REVIEW


def test_a_permanent_yes_blocks_and_a_current_one_needs_review() -> None:
    assert verdict(question(YesDuration.PERMANENT), YES) is EligibilityVerdict.BLOCKED
    assert verdict(question(YesDuration.CURRENT), YES) is EligibilityVerdict.NEEDS_REVIEW
    assert verdict(question(YesDuration.TEMPORARY, 10), YES) is EligibilityVerdict.NEEDS_REVIEW, (
        "no date: ask her"
    )


@given(last=dates, days=st.integers(1, 2000))
def test_a_deferral_blocks_through_its_last_day_and_not_on_the_next(last: date, days: int) -> None:
    asked, said = question(YesDuration.TEMPORARY, days), Answered(value=AnswerValue.YES, on=last)
    until = last + timedelta(days=days)
    assert verdict(asked, said, last) is EligibilityVerdict.BLOCKED
    assert verdict(asked, said, until) is EligibilityVerdict.BLOCKED
    over = until + timedelta(days=1)
    assert verdict(asked, said, over, last) is EligibilityVerdict.NOTHING_FOUND
    assert verdict(asked, said, over, over) is EligibilityVerdict.NEEDS_REVIEW, "contradicts itself"


@pytest.mark.parametrize("last", [date(2016, 11, 1), date(1970, 1, 1), date.min])
def test_a_yes_in_the_last_twelve_months_with_an_older_day_needs_a_review(last: date) -> None:
    asked, said = question(YesDuration.TEMPORARY, 366), Answered(value=AnswerValue.YES, on=last)
    result = outcome([asked], {"q": said}, on=DAY)
    assert result.verdict is EligibilityVerdict.NEEDS_REVIEW
    (found,) = result.findings
    assert (found.contradicts, found.until) == (True, None)


def test_a_deferral_that_ends_on_a_leap_day_blocks_on_it() -> None:
    asked = question(YesDuration.TEMPORARY, 123)
    said = Answered(value=AnswerValue.YES, on=date(2027, 10, 29))
    (found,) = outcome([asked], {"q": said}, on=DAY).findings
    assert found.until == date(2028, 2, 29)
    answered_on = date(2028, 2, 1)
    assert verdict(asked, said, date(2028, 3, 1), answered_on) is EligibilityVerdict.NOTHING_FOUND


@given(
    answers=st.dictionaries(
        st.sampled_from("abc"),
        st.builds(Answered, value=st.sampled_from(AnswerValue), on=st.none() | dates),
    ),
    on=dates,
)
def test_nothing_is_found_only_where_every_question_has_an_answer_that_is_none(
    answers: dict[str, Answered], on: date
) -> None:
    asked = [
        question(YesDuration.PERMANENT, key="a"),
        question(YesDuration.TEMPORARY, 100, key="b"),
        question(YesDuration.CURRENT, key="c"),
    ]
    found = outcome(asked, answers, on=on)
    clear = not found.findings and not found.missing
    assert (found.verdict is EligibilityVerdict.NOTHING_FOUND) is clear
    assert {each.key for each in found.missing} == {"a", "b", "c"} - answers.keys()


@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
def test_every_country_has_questions_that_can_be_asked_and_kept(
    jurisdiction: Jurisdiction,
) -> None:
    questions = preset(jurisdiction)
    validate_questions(questions)
    assert questions_of(question_rows(questions)) == questions
    assert {each.section for each in questions} == set(Section)
    assert all(set(each.text) == {"en", "fr"} and each.source for each in questions)


def test_no_preset_is_marked_as_verified_since_no_bank_has_read_it() -> None:
    assert [q.key for each in Jurisdiction for q in preset(each) if q.verified_on] == []


def test_the_french_questions_hold_the_subjects_of_montpellier_and_name_their_own() -> None:
    questions = {each.key: each for each in preset(Jurisdiction.FRANCE)}
    assert {"virus_partner", "injected_partner", "infection_partner", "surgery"} <= set(questions)
    assert "acupuncture" in questions["tattoo"].text["en"]
    own = {key for key, each in questions.items() if each.source.startswith("Not in the")}
    assert own == {"medicine", "illness"}
    assert all("Milkround's own" in each.source for each in questions.values())


def test_questions_that_could_not_be_judged_are_refused() -> None:
    good = question(YesDuration.TEMPORARY, 10)
    for bad, code in (
        ([], "questions_empty"),
        ([good, good], "question_twice"),
        ([replace(good, deferral_days=None)], "deferral_missing"),
        ([replace(good, text={"en": "", "fr": "x"})], "question_text_missing"),
    ):
        with pytest.raises(Refused) as refused:
            validate_questions(bad)
        assert refused.value.code == code
