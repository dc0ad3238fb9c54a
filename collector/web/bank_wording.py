"""Sentences of the refusals about a bank: its entry, sites, rules, sources and questions."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
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
    "zone_known": _("There is a zone called %(name)s already."),
    "zone_not_found": _("There is no zone called %(name)s."),
    "zone_empty": _("Draw the zone on the map, or write beginnings of its postcodes."),
    "zone_postcodes_not_valid": _(
        "“%(text)s” is no beginning of a postcode. Write some such as 33 40."
    ),
    "zone_postcodes_too_many": _(
        "Write at most %(most)s beginnings of postcodes, or draw the zone."
    ),
    "outline_not_read": _(
        "“%(line)s” is no corner. Write latitude and longitude, such as 44.8378, -0.5792."
    ),
    "outline_too_few": _("An outline has at least three corners."),
    "outline_too_many": _("An outline has at most %(most)s corners."),
    "outline_crosses": _("The outline crosses itself. Move a corner until no side cuts another."),
    "site_not_found": _("There is no site called %(name)s."),
    "time_zone_unknown": _("There is no time zone %(name)s; write one such as Europe/Paris."),
    "rule_day_past": _("This day is over. Choose today or a later day."),
    "rule_day_too_far": _("Choose a day within the next %(days)s days."),
    "rule_day_taken": _("A change is planned for this day already. Withdraw it first."),
    "rule_change_over": _("This change counts already, or was withdrawn. Look again."),
    "placeholder_unknown": _("%(name)s has no value in this message. It may have: %(names)s."),
    "placeholder_missing": _("The message needs %(names)s: put it in."),
    "placeholder_broken": _("A brace stands alone. Write a placeholder whole, such as {link}."),
    "text_not_discreet": _("“%(word)s” reveals the service. Leave it out of a discreet message."),
    "nothing_to_bring": _("Say how many empty bottles we bring, or what else you need."),
    "material_short": _("Only %(left)s are there by the books. Count the stock first."),
    "material_origin_missing": _("Choose the place from which it goes."),
    "material_target_missing": _("Choose the place to which it goes."),
    "material_donor_id_missing": _("Give the number of a donor of this bank."),
    "material_same_place": _("Choose two different places."),
    "town_not_in_list": _("This town is not in the installed list of communes. Click on the map."),
    "serial_known": _("There is a device with the number %(serial)s already."),
    "device_retired": _("This device is retired."),
    "device_on_loan": _("A donor has this device. Record its return first."),
    "loan_due_past": _("This day is over. Choose today or a later day."),
    "loan_due_too_far": _("Choose a day within the next %(days)s days."),
    "loan_over": _("This loan is over already. Look again."),
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
}
