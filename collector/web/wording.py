"""Sentences of codes, in the reader's language.

Capabilities return codes and figures; this module makes sentences of them. The words of a page are
in its template.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_locale, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.errors import MilkroundError
from collector.notices.gsm import to_gsm
from collector.web import (
    application_wording,
    dispensary_wording,
    disruption_wording,
    donor_file_wording,
    incident_wording,
    laboratory_wording,
    roster_wording,
    sign_in_wording,
)

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    **incident_wording.ERRORS,
    **disruption_wording.ERRORS,
    **donor_file_wording.ERRORS,
    **roster_wording.ERRORS,
    **dispensary_wording.ERRORS,
    **laboratory_wording.ERRORS,
    **application_wording.ERRORS,
    **sign_in_wording.ERRORS,
    "http_400": _("We could not read this request. Nothing was changed."),
    "http_401": _("Please sign in first."),
    "http_403": _("This page is not for your account."),
    "http_404": _("There is nothing at this address."),
    "http_405": _("This address does not take that action."),
    "http_413": _("That file is too large. Nothing was kept; send a smaller one."),
    "http_415": _("We could not read this kind of content."),
    "http_429": _("That was tried too often. Please wait a little."),
    "http_500": _("Something broke on our side. Your entry was not kept; please try again."),
    "http_503": _("The database does not answer. Nothing was changed; please try again soon."),
    "database_busy": _(
        "Another change is still being stored. Nothing was changed; please try again in a moment."
    ),
    "not_found": _("This does not exist, or is not yours."),
    "form_too_old": _("This page had been open for too long. Reload it and send again."),
    "no_enquiry": _("There is nothing to go on with. Begin again: it takes a minute."),
    "slots_moved": _("This slot was taken a moment ago. Choose again, please."),
    "slot_gone": _("This time was taken a moment ago. Choose another one, please."),
    "slot_not_held": _("The ten minutes are over, and the time is free again. Choose once more."),
    "slot_for_other_milk": _(
        "The milk is another than the one for which the time was kept. Show the times once more."
    ),
    "pause_half": _("Give the first and the last day of the pause."),
    "pause_backwards": _("The last day of the pause comes after its first."),
    "pause_over": _("This pause is over already. Choose later days."),
    "pause_too_long": _("A pause lasts %(days)s days at most. For longer, please call us."),
    "nobody_waits_for_a_call": _("No call is awaited here."),
    "call_comes_first": _("A person of the bank calls you first. You can also call us."),
    "restore_too_late": _("This visit cannot be taken back any more. Please ask for another one."),
    "take_back_too_late": _("Ten minutes have passed. Please call us: we take it back for you."),
    "line_unknown": _("Say whether the milk is a gift or for your own child."),
    "no_receipt": _("There is no receipt for this visit."),
    "correction_too_late": _("More than two days have passed. Please call us: we look into it."),
    "fewer_bottles_needed": _("Give a number of bottles from 1 to %(most)s."),
    "too_many_codes": _("Too many codes were asked for. Wait an hour, or call us."),
    "no_other_way": _("We know only one way to reach you. Call us to see the rest."),
    "push_not_here": _("This browser cannot be told here."),
    "notice_not_failed": _("This message has not failed: there is nothing to send again."),
    "visit_link_not_valid": _("This link is too old, or not whole. Sign in to see your visits."),
    "link_not_valid": _("This link was used already or is too old. Ask for a new one."),
    "code_not_right": _("This is not the code, or it was used already. Wait for the next one."),
    "second_factor_needed": _("Please give your second proof first."),
    "too_many_wrong_codes": _("Too many wrong codes. Wait an hour, or use a passkey."),
    "passkey_not_valid": _("This passkey was not accepted. Try again, or use another way."),
    "last_factor": _("This is your only second proof. Set up another one first."),
    "deactivates_oneself": _("Nobody closes the own account. Ask another administrator."),
    "bank_needs_name": _("A bank needs a name and a town."),
    "bank_slug_not_valid": _("A bank's short name has small letters, digits and hyphens only."),
    "collector_needed": _("%(name)s is no collector: give her that role first."),
    "postcodes_not_digits": _("Write beginnings of postcodes in digits, such as 33 40."),
    "radius_out_of_bounds": _(
        "A radius lies between 1 and %(most)s km; leave it empty if unknown."
    ),
    "source_not_read": _(
        "A source is an address, then its kind and its date if known: correct “%(line)s”."
    ),
    "text_missing": _("The text is empty: write it, or go back without changing."),
    "website_not_valid": _("Write the whole address of the page, beginning with https://"),
    "site_known": _("There is a site called %(name)s already."),
    "time_zone_unknown": _("There is no time zone %(name)s; write one such as Europe/Paris."),
    "shift_backwards": _("A shift ends after it begins."),
    "shift_twice": _("She has a shift on %(day)s already that overlaps with this one."),
    "site_not_found": _("There is no site called %(name)s."),
    "changed_meanwhile": _("A colleague changed this a moment ago. Look again, then decide."),
    "moved_since": _("A colleague moved the same visit since. It stays there."),
    "nothing_moves": _("It is there already: nothing was changed."),
    "nothing_to_undo": _("There is nothing of yours to undo on this day."),
    "nothing_to_redo": _("There is nothing of yours to do again on this day."),
    "fix_gone": _("The day has changed: this way is not open any more. Look again."),
    "proposal_settled": _("This proposal was applied or put aside already."),
    # Donors, requests and places.
    "cell_missing": _("This must not be empty."),
    "cell_not_choice": _("Write one of these: %(choices)s."),
    "cell_not_date": _("Write the day as 2026-11-24 or 24/11/2026."),
    "cell_not_number": _("Write a number such as 44.8378 or 44,8378."),
    "cell_not_purpose": _(
        "Write collection, first interview, material to bring, blood sample, pump to fetch or"
        " ward visit; several are parted by commas."
    ),
    "cell_not_time": _("Write the time as 09:30 or 9h30."),
    "cell_not_whole": _("Write a whole number, such as 1500."),
    "cell_not_yes_no": _("Write yes or no."),
    "colleague_unknown": _("No colleague of this bank signs in with this address."),
    "column_missing": _("The column %(name)s is missing."),
    "column_twice": _("The column %(name)s is there twice."),
    "csv_broken": _("From line %(line)s on we cannot read the file: a quotation mark is missing."),
    "decimal_not_read": _("Write a number such as 44.8378 or 44,8378."),
    "yes_no_not_read": _("Write yes or no."),
    "born_too_long_ago": _("This is more than %(years)s years ago. Please look at the year."),
    "cedex_no_door": _("A CEDEX is a mailbox, not a door. Give the town where we ring."),
    "postcode_not_valid": _("This is not a postcode of the bank's country."),
    "postcode_unknown": _(
        "No town has the postcode %(postcode)s. The number before a CEDEX is that of a mailbox."
    ),
    "position_abroad": _("This place does not lie in the bank's country."),
    "position_swapped": _("Latitude and longitude are the wrong way round: exchange them."),
    "interview_before_birth": _("This day is before the baby's birth."),
    "serology_too_long": _("A blood test is valid for at most %(days)s days after it was drawn."),
    "bottles_and_volume_odd": _(
        "%(bottles)s bottles hold from %(least)s to %(most)s ml: correct one of the two."
    ),
    "window_at_night": _("We come between 5:00 and 23:00. Was a time after noon meant?"),
    "day_in_future": _("This day has not come yet."),
    "donor_not_named": _("Say whose request it is: a donor number, an e-mail or a telephone."),
    "email_not_one": _("Several donors have this e-mail address: give the donor number."),
    "email_not_valid": _("This is not an e-mail address."),
    "file_empty": _("The file holds no rows."),
    "file_not_text": _("This is neither a CSV file nor a .xlsx: save it as one of them."),
    "phone_not_one": _("Several donors have this telephone: give the donor number."),
    "text_garbled": _("Letters are lost in this cell: write it again."),
    "workbook_broken": _("The spreadsheet cannot be opened. Save it again as .xlsx or CSV."),
    "workbook_too_large": _("The spreadsheet is too large: keep the list alone."),
    "file_too_long": _("The file has more than %(most)s rows. Send it in parts."),
    "position_half": _("Give the latitude and the longitude, or neither."),
    "row_too_long": _("Line %(line)s has more cells than there are columns."),
    "same_day_known": _("She already has a request for this day."),
    "signature_half": _("Give who signed the interview and on which day, or neither."),
    "twice_in_file": _("Line %(line)s says this already."),
    "already_asked": _(
        "You already asked for a visit on one of these days. Change that one instead."
    ),
    "answer_missing": _("Please answer yes or no."),
    "date_not_read": _("Write the day as day/month/year, such as 24/11/2026."),
    "donor_blocked": _("We cannot come at the moment. Please call us: we explain and help."),
    "donor_papers_missing": _(
        "A signed interview, a consent and a valid blood test are needed before that."
    ),
    "geocoder_unsure": _("The address service is not sure. Set the place by hand."),
    "geocoder_away": _("The address service does not answer. Set the place by hand, or later."),
    "number_missing": _("Give a number."),
    "number_not_read": _("Write a whole number in digits, such as 8."),
    "number_out_of_bounds": _("Give a number from %(least)s to %(most)s."),
    "oldest_in_future": _("This day has not come yet."),
    "oldest_missing": _("Give the day written on your oldest bottle."),
    "oldest_too_long_ago": _("This is more than two years ago. Please look at the year."),
    "already_erased": _("This file is erased already."),
    "donor_has_open_visit": _("A visit is still open: call it off first, then erase."),
    "reason_missing": _("Say why; it is kept in the audit chain."),
    "state_missing": _("Choose one of the answers."),
    "outcome_missing": _("Say what the laboratory answered."),
    "professional_needed": _("Only a physician, a midwife or a nurse of the bank may do this."),
    "first_name_missing": _("Tell us a first name, any that we may call you by."),
    "contact_missing": _("Give a telephone number or an e-mail address, so that we can reach you."),
    "phone_not_valid": _("This is not a telephone number."),
    "postcode_missing": _("Give your postcode."),
    "answers_were_sent": _("Your answers are with us already. Tell the nurse who calls you."),
    "answers_missing": _("Some questions have no answer yet: %(count)s."),
    "half_day_full": _("This half-day has just filled up. Please choose another one."),
    "join_itself": _("These are one file already."),
    "join_given": _(
        "Milk was collected under the number that would go, and it is on bottles. Keep that file "
        "and join the other one into it; where both gave milk, both stay."
    ),
    "join_open_visit": _(
        "A visit of the file that would go is accepted or under way. Wait until it is over, or "
        "call it off."
    ),
    "join_decided": _(
        "A professional suspended or excluded her in the file that would go. Keep that file."
    ),
    "part_later_first": _(
        "The file that stayed, %(number)s, was joined into a third one since: part those first."
    ),
    "rule_out_of_bounds": _("Write a figure from %(least)s to %(most)s."),
    "alarm_above_levels": _(
        "Write at most %(most)s: a plan is to hold on %(most)s days in 100, and a higher alarm"
        " would ring for plans that are good enough."
    ),
    "level_below_alarm": _(
        "Write at least %(least)s: Live raises an alarm below %(least)s days in 100. To go lower,"
        " lower the alarm first."
    ),
    "rule_not_a_choice": _("Choose one of the words of the list."),
    "rule_changed_meanwhile": _("A colleague changed this rule meanwhile. Look again."),
    "source_missing": _("Say where it comes from: a law, a page, a decision of the bank."),
    "questions_unchanged": _("Nothing is changed: the questions stay as they are."),
    "questions_changed_meanwhile": _(
        "A colleague made another version meanwhile. Your text is still below."
    ),
    "questions_empty": _("Ask from one to %(most)s questions."),
    "question_twice": _("Two questions have the same name."),
    "question_text_missing": _("Write each question in each language, in at most %(most)s signs."),
    "deferral_missing": _("A question about the past needs a number of days."),
    "only_staff_decides": _("Only a professional of the bank decides this."),
    "pickup_not_open": _("This visit is under way or over; it cannot be changed any more."),
    "pickup_state_not_possible": _("A request that is %(present)s cannot become %(wanted)s."),
    "position_not_on_earth": _("A latitude lies from -90 to 90, a longitude from -180 to 180."),
    "purpose_missing": _("Say what the visit is for."),
    "serology_dates_backwards": _("A blood test cannot lapse before it was drawn."),
    "text_too_long": _("Please keep to %(most)s characters."),
    "time_not_read": _("Write the time as hours and minutes, such as 09:30."),
    "too_late_to_change": _(
        "The visit is less than %(hours)s hours away: please call us to change it."
    ),
    "too_many_windows": _("Give at most %(most)s days."),
    "window_backwards": _("The second time must come after the first."),
    "window_missing": _("Choose at least one day on which you are at home."),
    "window_past": _("This time is over. Choose a later one."),
    "window_too_far": _("Choose a day within the next %(days)s days."),
    "window_too_short": _("Leave us at least half an hour."),
    "windows_overlap": _("This overlaps with another line of the same day."),
    # Planning, moving and publishing a day.
    "job_not_ended": _("The planner is still at work on this. Stop it first."),
    "job_not_failed": _("The planner has finished this: there is nothing to run again."),
    "job_replaced": _("The planner was asked again since. Look at the day as it is now."),
    "job_taken_over": _("Another worker took this over a moment ago."),
    "move_breaks_medical_rule": _(
        "This place breaks a rule that protects the milk or the blood. Choose another one."
    ),
    "move_needs_reason": _(
        "This place breaks a rule. Say why you move the visit there all the same."
    ),
    "no_shift_to_plan": _(
        "There is no round to plan on this day: every collector is off duty or has left."
    ),
    "nothing_to_publish": _("Nothing changed since revision %(revision)s."),
    "plan_breaks_rules": _(
        "The planner's answer broke a rule and was thrown away. Nothing changed."
    ),
    "round_has_started": _("The collector has left with this round: it stays as it is."),
    "round_off_duty": _(
        "The collector or the vehicle of this round is off duty: choose another round."
    ),
    "visit_may_not_be_served": _(
        "This visit may not be made yet: look at its request and the donor's file first."
    ),
    # Phone events and their refusals.
    "bottles_and_volume_differ": _(
        "Bottles without a volume, or a volume without bottles: open the stop and correct it."
    ),
    "box_celsius_needed": _("The temperature of the box is missing: hand over again with it."),
    "container_taken": _("Bottle %(number)s already belongs to another visit: check the label."),
    "container_twice": _("Bottle %(number)s was typed twice: open the stop and correct it."),
    "event_of_another_round": _("This record belongs to another round. Call the coordinator."),
    "event_unreadable": _("We could not read “%(field)s” in this record: enter it again."),
    "events_not_a_list": _("We could not read what this phone sent. Nothing was kept."),
    "figure_out_of_range": _(
        "“%(field)s” must lie between %(least)s and %(most)s: open the stop and correct it."
    ),
    "freezer_celsius_needed": _(
        "The temperature of the freezer is missing: open the stop and add it."
    ),
    "more_labels_than_bottles": _(
        "There are %(labels)s bottle numbers for %(bottles)s bottles: open the stop and correct it."
    ),
    "nothing_collected": _("No bottle was taken and none was refused: use “Not done” and say why."),
    "pickup_not_in_round": _(
        "This visit is no longer in your round. Keep the bottles apart and call the coordinator."
    ),
    "site_unknown": _("This bank has no such site: hand over again."),
    "storage_check_needed": _(
        "The check of the storage is missing; the law asks for it. Open the stop and add it."
    ),
    "temperature_out_of_range": _(
        "A temperature must lie between %(coldest)s °C and %(warmest)s °C: correct it."
    ),
    "too_many_events": _("Too many records at once: at most %(most)s. Nothing was kept."),
}


COLON, SEMICOLON = _(":"), _(";")
"""Punctuation between two texts of a template: French sets a no-break space before it."""


def init_app(app: Flask) -> None:
    """Add words and formats to templates."""
    app.jinja_env.filters.update(
        day=day,
        short_day=short_day,
        long_day=long_day,
        numeric_day=numeric_day,
        clock=clock,
        hour=hour,
        moment=moment,
        number=number,
        litres=litres,
        gsm=to_gsm,
    )
    app.jinja_env.filters.update(dispensary_wording.FILTERS)
    app.jinja_env.globals.update(colon=COLON, semicolon=SEMICOLON, hours=hours)


def sentence(error: MilkroundError) -> str:
    """Return the sentence of an error."""
    known = ERRORS.get(error.code)
    if known is None:
        raise LookupError(f"no sentence for {error.code!r}; add it to collector.web.wording")
    return str(known) % error.figures if error.figures else str(known)


def day(value: date) -> str:
    """Return a day with its weekday: Tuesday 24 November."""
    return _first(format_date(value, "EEEE d MMMM"))


def short_day(value: date) -> str:
    """Return a short day: Tue 24 Nov."""
    return _first(format_date(value, "EEE d MMM"))


def long_day(value: date) -> str:
    """Return a day with its year: 24 November 2026."""
    return _first(format_date(value, "d MMMM y"))


def numeric_day(value: date) -> str:
    """Return a day in the least room, for the axis of a chart: 24/11."""
    return f"{value:%d/%m}"


def clock(value: datetime) -> str:
    """Return an instant in the bank's wall-clock time, for tables and timelines: 09:05."""
    return str(format_datetime(value, "HH:mm"))


def hour(value: datetime | time | str) -> str:
    """Return a time of day for a sentence: 09:05, in French 9 h 05.

    An instant is read in the bank's wall-clock time; a text is HH:MM.
    """
    if isinstance(value, datetime):
        text = clock(value)
    else:
        text = value if isinstance(value, str) else f"{value:%H:%M}"
    if not _is_french():
        return text
    hours, minutes = text.split(":")
    full = f"{int(hours)}\N{NO-BREAK SPACE}h"
    return full if minutes == "00" else f"{full}\N{NO-BREAK SPACE}{minutes}"


def hours(opens: time, closes: time) -> str:
    """Return a stretch of a day with a dash, for a donor: 09:00 to 12:00, in French 9 h to 12 h."""
    dash = "\N{NO-BREAK SPACE}\N{EN DASH}\N{NO-BREAK SPACE}" if _is_french() else "\N{EN DASH}"
    return f"{hour(opens)}{dash}{hour(closes)}"


def moment(value: datetime) -> str:
    """Return an instant with its day: Tue 24 Nov 09:05, in French mar. 24 nov. à 9 h 05."""
    day_in_words = _first(format_datetime(value, "EEE d MMM"))
    return f"{day_in_words}{' à ' if _is_french() else ' '}{hour(value)}"


def number(value: float) -> str:
    """Return a number in the format of the language."""
    return str(format_decimal(value))


def litres(millilitres: int) -> str:
    """Return a volume in litres, with a space that does not break: 1.4 L."""
    rounded = (Decimal(millilitres) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{format_decimal(rounded, '0.0#')}\N{NO-BREAK SPACE}L"


def _first(text: str) -> str:
    """Return a French date with *1er* for the first of a month."""
    return re.sub(r"(^| )1 ", r"\g<1>1er ", text, count=1) if _is_french() else text


def _is_french() -> bool:
    return str(get_locale()) == "fr"
