"""Sentences of the laboratory's refusals."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "list_too_long": _("This list has more than %(most)s rows: choose fewer days."),
    "rule_not_dated": _("This rule is changed under Rules, for good."),
    "decision_backwards": _("The last day is before the first one: change one of the two."),
    "period_too_long": _("Choose at most %(most)s weeks, and decide again afterwards."),
    "period_withdrawn_already": _("This change was taken back already."),
    "container_unknown": _(
        "No bottle has the number %(number)s. If its donor is known, take it over as not announced."
    ),
    "container_known": _("The bank has a bottle %(number)s already: scan it instead."),
    "container_is_tube": _("%(number)s is a blood tube: it goes to the blood laboratory."),
    "container_taken_over": _("%(number)s is already here: it was taken over."),
    "container_in_transit": _(
        "%(number)s is still on the way: its round has to be handed over on the phone first."
    ),
    "container_not_handed_over": _("%(number)s was not handed over by a round."),
    "container_elsewhere": _("%(number)s waits at %(site)s: it is taken over at the bank."),
    "discrepancy_stands": _("Phones and bench differ on %(number)s already: quality decides."),
    "discrepancy_closed": _("This discrepancy is closed or withdrawn already."),
    "donor_never_visited": _("Nothing was ever collected from this donor: set the bottle aside."),
    "no_bank_site": _("The bank has no site of its own at which milk is taken over."),
    "scan_mistyped": _("%(number)s is mistyped: its check character does not fit. Scan it again."),
    "label_missing": _("Scan or type the label."),
    "intake_moved_on": _(
        "This cannot be undone any more. If it is wrong, tell quality what happened."
    ),
    "intake_unknown": _("The laboratory has not taken over a bottle %(number)s."),
    "intake_thawing": _("%(number)s thaws already."),
    "intake_pooled": _("%(number)s is in a pool already."),
    "intake_blocked": _("%(number)s may not be pooled: see the reason in quarantine."),
    "intake_not_thawing": _("%(number)s is still frozen: scan it in quarantine when it thaws."),
    "thaw_over": _("%(number)s thawed more than %(hours)s hours ago: it may not be heated."),
    "input_stands": _("This bottle stays in the pool: it cannot be taken out any more."),
    "pool_not_open": _("Pool %(pool)s is not open."),
    "pool_filled": _("Bottles of pool %(pool)s are filled: open another pool."),
    "pool_other_line": _("Pool %(pool)s has milk of the other line. The two are never mixed."),
    "pool_other_mother": _("Pool %(pool)s is for one child: another mother's milk may not enter."),
    "pool_too_many_donors": _(
        "A pool mixes the milk of at most %(limit)s donors; it would be %(would_be)s."
    ),
    "pool_too_much": _("A pool holds at most %(limit)s ml; it would be %(would_be)s ml."),
    "pool_empty": _("Pool %(pool)s is empty: scan thawed bottles first."),
    "pool_not_empty": _("Milk is in pool %(pool)s: it cannot be dissolved."),
    "pool_without_bottles": _("Pool %(pool)s has no bottles yet."),
    "bottles_not_scanned_back": _("Not scanned back: %(numbers)s."),
    "loss_needs_reason": _("%(lost)s ml are lost, %(permille)s ‰ of the inputs. Say why."),
    "bottle_number_not_read": _("This is not the number of a bottle of milk."),
    "bottle_of_another_pool": _("%(number)s is not a bottle of this pool."),
    "bottle_count_out_of_bounds": _("Fill from 1 to %(most)s bottles at once."),
    "bottle_volume_out_of_bounds": _("A bottle is filled with 1 to %(most)s ml."),
    "numbers_used_up": _("No number is left: a pool has 999 bottles, a year a million pools."),
    "first_label_out_of_bounds": _("The sheet has the labels 1 to %(most)s."),
    "reprint_needs_reason": _("These labels were printed already: say why again."),
    "makers_lot_missing": _("Give the number of the maker's lot."),
    "makers_lot_known": _("Lot %(number)s of this kind is written down already."),
    "material_expired": _("The material %(number)s is past its last day: open another lot."),
    "material_closed": _("The material %(number)s is used up already."),
    "days_backwards": _("The last day comes before the first."),
    "serial_missing": _("Give the serial number of the device."),
    "name_missing": _("Give a name."),
    "cycle_without_lots": _("Choose at least one lot."),
    "lot_not_to_be_heated": _("The lot of pool %(pool)s does not wait for heating any more."),
    "cycle_state": _("The cycle is not at this step: look at it again."),
    "device_runs": _("%(name)s runs another cycle: stop that first."),
    "device_not_qualified": _("The qualification of %(name)s has ended: it may not be started."),
    "alarm_acknowledged": _("This alarm was acknowledged already."),
    "belongs_to_raw": _("%(number)s is raw milk: it may not stand in this unit."),
    "belongs_to_heated": _(
        "%(number)s is heated and not released: it belongs to the milk that waits for release."
    ),
    "belongs_to_released": _("%(number)s is released: it belongs to the released milk."),
    "belongs_to_back": _("%(number)s is set aside: it may not stand with other milk."),
    "capacity_out_of_bounds": _("A place holds from 1 to %(most)s bottles."),
    "celsius_not_read": _("Please write whole degrees Celsius, such as -18 or 4."),
    "celsius_out_of_bounds": _("A limit lies between %(least)s and %(most)s °C."),
    "comment_missing": _("Please write what was seen and done."),
    "count_closed": _("This count is closed. Begin a new one at the place."),
    "excursion_goes_on": _("The unit is still too warm: decide once it is cold again."),
    "file_of_another_unit": _("This file was imported for another unit already."),
    "not_in_storage": _("%(number)s stands in no place."),
    "place_full": _("This place holds %(capacity)s and is full: scan another place."),
    "place_line_wrong": _(
        "Line %(line)s cannot be read: shelf, place and a number of bottles are needed."
    ),
    "place_not_read": _("This is not the code of a place, such as P/00012-7."),
    "place_unknown": _("No place of the bank has the code %(code)s."),
    "probe_name_taken": _("The unit has or had a probe %(name)s: choose another name."),
    "probe_not_of_unit": _("The file names the probe %(probe)s, which this unit does not have."),
    "probe_retired": _("This probe is out of service already."),
    "probe_unknown": _("No probe in service has this key."),
    "reading_in_future": _(
        "The last reading lies %(minutes)s minutes ahead: set the clock of the logger."
    ),
    "reading_not_read": _("A reading needs a time with its offset, and degrees Celsius."),
    "readings_missing": _("There is no reading in it."),
    "too_many_probes": _("A unit has at most %(most)s probes: take one out of service first."),
    "too_many_readings": _("At most %(most)s readings are taken at once."),
    "unit_limit_missing": _("A refrigerator or a room needs its own warmest temperature."),
    "unit_zone_taken": _("Milk stands in this unit: move it before the unit changes its use."),
    "zone_of_pooled": _("Bottle %(number)s was emptied into a pool: it is no longer stored."),
    "device_held": _("%(name)s is held: it may not be started."),
    "sample_taken": _("Sample %(number)s of this step stands: open it instead."),
    "sample_after_heating": _("Heat the lot first: this sample is taken after heating."),
    "sample_not_planned": _("The plan asks for no sample at this step."),
    "sample_volume_out_of_bounds": _("A sample has from 1 to %(most)s ml."),
    "sample_state": _("The sample is not at this step: look at it again."),
    "sample_has_results": _("This sample has results: it is not lost."),
    "sample_lost": _("Sample %(number)s is lost: take another one."),
    "sample_unknown": _("There is no sample %(number)s."),
    "sample_number_not_read": _("This is not the number of a sample."),
    "laboratory_missing": _("Name the laboratory that gets the sample."),
    "lot_unknown": _("No lot has the number %(number)s: scan a bottle of it, or a sample."),
    "results_missing": _("There is no result to keep."),
    "result_not_read": _("Write a number such as 300000, 3e5, 10^5 or <10."),
    "result_stands": _("Plate %(plate)s has a result already: correct it on the sample."),
    "plate_out_of_bounds": _("The plan has the plates 1 to %(most)s."),
    "plated_out_of_bounds": _("A plate takes from 1 to %(most)s µl."),
    "unit_not_fitting": _("Germs are counted in CFU/ml or colonies, acidity in degrees Dornic."),
    "results_known": _("This file was imported already: nothing was changed."),
    "lots_missing": _("Choose at least one lot."),
    "lot_decided": _("Lot %(pool)s was decided on a moment ago: nothing was signed."),
    "lot_changed": _(
        "Lot %(pool)s has changed since you saw it: nothing was signed. Look at its checks again."
    ),
    "lot_red": _("Lot %(pool)s has a failed or missing check: it cannot be released."),
    "lot_amber": _("Lot %(pool)s has a check to be decided by two people: open it."),
    "lot_green": _("Every check of lot %(pool)s passed: it needs no exception."),
    "lot_not_released": _("This lot is not released any more."),
    "release_not_independent": _(
        "You pooled or heated lot %(pool)s: another person who releases has to sign."
    ),
    "quality_and_releaser_needed": _(
        "The two signatures are of one person of quality and of another one who releases."
    ),
    "not_quality_or_releaser": _("Quality or a person who releases asks for this."),
    "hold_lifted": _("This hold is lifted already."),
    "hold_end_not_asked": _("The first of the two signatures is missing."),
    "subject_missing": _("Choose what is stopped."),
    "number_unknown": _(
        "Nothing of the bank has the number %(number)s: scan a container, a pool, a bottle or a"
        " sample, or type a donor's number."
    ),
    "nothing_to_hold": _(
        "Nothing has the number %(number)s: scan a bottle, a container, a pool or a place, or type"
        " a serial number, the name of a unit or a maker's lot."
    ),
    "lot_not_certified": _("Lot %(pool)s is not released: it has no certificate."),
    "bottle_destroyed": _("%(number)s is destroyed, or on a list of bottles to destroy."),
    "thing_destroyed": _("%(number)s was destroyed before a witness."),
    "thing_on_list": _("%(number)s is on another list of bottles to destroy."),
    "thing_emptied": _("%(number)s is empty: its milk is in a pool."),
    "destruction_needs_note": _("Say in the note why they are destroyed."),
    "destruction_full": _("A list holds at most %(most)s bottles: begin another one."),
    "destruction_ended": _("This list is signed or given up already."),
    "destruction_empty": _("The list is empty: scan the bottles first."),
    "bottle_unknown": _("There is no bottle %(number)s."),
    "bottle_held": _("%(number)s is held: it may not leave."),
    "bottle_not_released": _("%(number)s is not released: it may not leave."),
    "bottle_expired": _("%(number)s is expired: it may not leave."),
    "bottle_uncovered": _("%(number)s may not leave: a blood test of its donor is not clear."),
    "bottle_warm": _("%(number)s may not leave: it was too warm, and nothing is decided."),
    "bottle_differs": _("%(number)s may not leave: phones and bench differ on its milk."),
    "curve_known": _("This file is the curve of another cycle already."),
    "curve_not_text": _("This file is no text: export it from the logger as CSV."),
    "curve_empty": _("The file holds no readings."),
    "curve_too_long": _("The file holds more than %(most)s readings."),
    "curve_line_not_read": _("Line %(line)s cannot be read: time, probe and degrees are needed."),
    "curve_goes_back": _("In line %(line)s the time goes back."),
    "volume_missing": _("Weigh the bottle, or read its volume."),
    "volume_and_weight": _("Give the weight or the volume, not both."),
    "volume_out_of_bounds": _("A bottle holds from 1 to %(most)s ml."),
    "lighter_than_bottle": _("An empty bottle weighs %(grams)s g: weigh again."),
    "expression_missing": _("Give the day of expression on the label."),
    "expression_before_birth": _("This day is before the baby's birth."),
    "expression_backwards": _("The last day comes after the first."),
}

DESTRUCTION_REASONS: Mapping[str, LazyString] = {
    "refused": _("refused at the reception"),
    "rejected": _("rejected or withdrawn"),
    "expired": _("expired"),
    "warm": _("too warm"),
    "thawed": _("thawed"),
    "damaged": _("broken or leaking"),
    "returned": _("came back from a ward"),
    "recalled": _("recalled"),
    "other": _("another reason, in the note"),
}

DESTRUCTION_METHODS: Mapping[str, LazyString] = {
    "care_waste": _("with the waste of care"),
    "poured": _("poured away"),
    "other": _("another way, in the note"),
}
