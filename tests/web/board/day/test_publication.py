"""The publication of a day: its page, its promises, and conflicts."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from collector.banks.models import Policy
from collector.config import settings_from
from collector.db import reading, transaction
from collector.pickups.models import Pickup, PickupState
from tests.builders import DAY
from tests.web.sign_ins import Desk, desk, text

__all__ = ["desk"]

HERE = f"/board/days/{DAY}"


def test_the_publication_page_shows_the_changes_first(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert "Publish revision 1" in page
    assert "Every round keeps every rule." in page
    assert "2 visits of this day are in no round." in page
    assert "Dora Martin" in page


def test_the_publication_page_tells_that_no_message_leaves_without_a_carrier(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    without = (
        "No mail server and no text gateway is set",
        "No message leaves for donors.",
        "This cannot be undone: phones are told at once.",
    )
    told = (
        "donors are told when we come",
        "This cannot be undone: phones and donors are told at once.",
    )
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert [each in page for each in without + told] == [True, True, True, False, False]
    present = desk.app.extensions["milkround_settings"]
    given = {"MILKROUND_SMTP_URL": "smtp://127.0.0.1", "MILKROUND_MAIL_FROM": "bank@example.org"}
    mail = settings_from(given | {"MILKROUND_HOME": str(present.home)}).mail
    desk.app.extensions["milkround_settings"] = replace(present, mail=mail)
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert [each in page for each in without + told] == [False, False, False, True, True]


def test_a_round_without_a_stop_is_not_counted(desk: Desk) -> None:
    def rounds() -> str:
        (found,) = re.findall(r"<dt>rounds</dt>\s*<dd>(\d+)</dd>", text(desk.browser.get(HERE)))
        return found

    assert rounds() == "0"
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    assert rounds() == "1"


def test_the_publication_page_names_rounds_below_the_level_of_the_bank(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert "Every round holds on as many days as your bank wants." in page
    with desk.app.app_context(), transaction() as session:
        policy = session.scalars(
            select(Policy).filter_by(bank_id=desk.town.bank, key="milk_ride_minutes")
        ).one()
        # Twenty minutes of this ride are the hand-over and the drive; her clock is below zero.
        policy.value = "16"
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert "1 round holds on fewer days than your bank wants:" in page
    assert (
        "Its milk and blood stay within their limits on 0 days in 100; your bank wants 95." in page
    )


def test_publishing_counts_the_promises_that_change_and_that_are_withdrawn(desk: Desk) -> None:
    dora, elise, _ = desk.town.pickups
    desk.move(dora, f"{desk.ana}:0")
    desk.move(elise, f"{desk.ana}:1")
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert "is withdrawn." not in page
    assert "promise changes." not in page
    desk.publish()
    desk.move(dora, "tray")
    page = text(desk.browser.get(f"{HERE}/publications"))
    assert "1 promise is withdrawn." in page


def test_a_published_day_shows_its_revision(desk: Desk) -> None:
    dora, *_ = desk.town.pickups
    desk.move(dora, f"{desk.ana}:0")
    assert desk.publish().status_code == 303
    assert desk.plan().revision == 1
    assert "published, revision 1" in text(desk.browser.get(HERE))
    with desk.app.app_context(), reading() as session:
        assert session.get_one(Pickup, dora).state is PickupState.PUBLISHED


def test_the_second_of_two_publications_at_once_is_a_conflict(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    version = desk.plan().version
    assert desk.publish(version=version).status_code == 303
    second = desk.publish(version=version)
    assert second.status_code == 409
    assert "A colleague changed this" in text(second)
    assert "published, revision 1" in text(second)
    assert desk.plan().revision == 1


def test_a_publication_without_a_change_is_refused(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    desk.publish()
    again = desk.publish()
    assert again.status_code == 422
    assert "Nothing changed since revision 1." in text(again)
