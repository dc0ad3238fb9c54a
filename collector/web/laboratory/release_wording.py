"""Words of samples, release and holds: findings of checks, analytes, units, subjects."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from collector.laboratory.release.checks import LotCheck
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    ResultComparator,
    RuleMeasure,
    SamplingPlan,
    SamplingRule,
)
from collector.web.laboratory.wording import filler
from collector.web.wording import long_day, number

_ = lazy_gettext

CHECKS: Mapping[str, LazyString] = {
    "identity": _("Inputs and bottles"),
    "line": _("Line"),
    "serology": _("Blood tests"),
    "age": _("Age at heating"),
    "thaw": _("Thaw"),
    "balance": _("Balance"),
    "curve": _("Curve"),
    "samples": _("Samples"),
    "pre_limits": _("Germs before heating"),
    "post_limits": _("Germs after heating"),
    "verification": _("Second reader"),
    "holds": _("Holds"),
    "expiry": _("Use by"),
    "labels": _("Labels"),
}

FINDINGS: Mapping[str, LazyString] = {
    "no_inputs": _("No container of this lot is known."),
    "pool_open": _("The pool is open, or %(bottles)s bottles were not scanned back."),
    "inputs_known": _("Containers: %(containers)s; donors: %(donors)s. Every bottle scanned back."),
    "lines_mixed": _("Donated milk and milk for an own child are mixed."),
    "mothers_mixed": _("Milk of several mothers is in a lot for one child."),
    "own_child": _("For the donor's own child alone."),
    "donated": _("Donated milk."),
    "uncovered": _("No clear blood test covers %(numbers)s; containers in all: %(count)s."),
    "covered": _("A clear blood test covers every day of expression."),
    "not_heated": _("Not heated yet."),
    "too_old": _("Heated at %(days)s days; at most %(most)s."),
    "young_enough": _("Heated at %(days)s days; at most %(most)s."),
    "thawed_too_long": _("Heated %(hours)s h after the thaw began; at most %(most)s h."),
    "thawed_in_time": _("Heated %(hours)s h after the thaw began; at most %(most)s h."),
    "balanced": _("%(lost)s ml lost, %(permille)s ‰; at most %(most)s ‰."),
    "loss_explained": _(
        "%(lost)s ml lost, %(permille)s ‰ instead of at most %(most)s ‰; the technician gave a"
        " reason."
    ),
    "loss_unexplained": _(
        "%(lost)s ml lost, %(permille)s ‰ instead of at most %(most)s ‰, without a reason."
    ),
    "curve_missing": _("The curve of the cycle is not imported yet."),
    "curve_failed": _("The curve failed."),
    "curve_amber": _("A check of the curve is to be decided by two people."),
    "curve_passed": _("All %(checks)s checks of the curve passed."),
    "sample_missing_pre": _("The sample before heating is not taken."),
    "sample_missing_post": _("The sample after heating is not taken."),
    "plates_missing": _("Plate %(plate)s of %(plates)s of sample %(number)s is not read."),
    "not_planned": _("The plan asks for no sample of this lot."),
    "samples_read": _("Every plate of the plan is read."),
    "above_limit": _("%(analyte)s: %(values)s, %(limit)s."),
    "undecidable": _(
        "%(analyte)s: %(values)s cannot be compared with the limit, %(limit)s. Plate more milk."
    ),
    "results_awaited": _("Results are awaited."),
    "not_sampled_by_plan": _("Not sampled by plan."),
    "within_limits": _("Within the limits of edition %(edition)s."),
    "unverified": _("Typed results that a second person has to verify: %(count)s."),
    "verified": _("Results verified by a second person or imported: %(count)s."),
    "held": _("A hold is open: %(reason)s."),
    "excursion": _("Too warm on the way, without the decision to keep it: %(numbers)s."),
    "discrepancy": _("Phones and bench differ: %(numbers)s."),
    "nothing_open": _("No hold, no excursion, no discrepancy."),
    "expired": _("Expired on %(until)s."),
    "in_date": _("Until %(until)s."),
    "labels_missing": _("The labels are not printed."),
    "labels_differ": _("%(labels)s labels were printed for %(bottles)s bottles."),
    "labels_fit": _("Bottles: %(bottles)s, with one label each."),
}

ANALYTES: Mapping[str, LazyString | str] = {
    "total": _("Total germs"),
    "aureus": "S. aureus",
    "enterobacterales": _("Enterobacterales"),
    "cereus": "B. cereus",
    "coliforms": _("Coliforms"),
    "acidity": _("Acidity"),
}

UNITS: Mapping[str, LazyString | str] = {
    "cfu_ml": _("CFU/ml"),
    "colonies": _("colonies"),
    "dornic": "°D",
}

STAGES: Mapping[str, LazyString] = {"pre": _("before heating"), "post": _("after heating")}

FREQUENCIES: Mapping[str, LazyString] = {
    "never": _("No sample is asked for."),
    "every_lot": _("A sample of every lot."),
    "cycles_or_month": _(
        "A sample in every month and every %(cycles)s cycles, whichever comes first."
    ),
}

PLANS: Mapping[str, LazyString] = {
    "fr_pre": _("France, before heating"),
    "fr_post": _("France, after heating"),
    "uk_pre": _("United Kingdom (NICE), before heating"),
    "uk_post": _("United Kingdom (NICE), after heating"),
    "br_pre": _("Brazil, before heating"),
    "br_post": _("Brazil, after heating"),
    "us_pre": _("United States, before heating"),
    "us_post": _("United States, after heating"),
    "quebec_post": _("Québec, nine plates, after heating"),
}

SAMPLE_STATES: Mapping[str, LazyString] = {
    "taken": _("taken"),
    "sent": _("sent"),
    "lost": _("lost"),
}

OUTCOMES: Mapping[str, LazyString] = {
    "passed": _("passed"),
    "failed": _("failed"),
    "awaited": _("awaited"),
    "undecidable": _("not decidable"),
}

OUTCOME_TONES = {"passed": "ok", "failed": "danger", "awaited": "plain", "undecidable": "danger"}

LOT_STATES: Mapping[str, LazyString] = {
    "waiting": _("waits for release"),
    "released": _("released"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
}

LOT_TONES = {"waiting": "plain", "released": "ok", "rejected": "danger", "withdrawn": "danger"}

SUBJECTS: Mapping[str, LazyString] = {
    "donor": _("Donor"),
    "container": _("Container"),
    "pool": _("Pool"),
    "cycle": _("Cycle"),
    "device": _("Pasteuriser"),
    "lot": _("Lot"),
    "bottle": _("Bottle"),
    "unit": _("Storage unit"),
    "material": _("Material"),
}


def add_release_words(blueprint: Blueprint) -> None:
    """Register the words for the laboratory's templates."""
    words: Mapping[str, Mapping[str, LazyString | str]] = {
        "lot_check": CHECKS,
        "analyte": ANALYTES,
        "unit": UNITS,
        "stage": STAGES,
        "plan": PLANS,
        "sample_state": SAMPLE_STATES,
        "outcome": OUTCOMES,
        "outcome_tone": OUTCOME_TONES,
        "lot_state": LOT_STATES,
        "lot_tone": LOT_TONES,
        "subject": SUBJECTS,
    }
    for name, of_code in words.items():
        blueprint.add_app_template_filter(filler(of_code), f"laboratory_{name}")
    blueprint.add_app_template_filter(finding, "laboratory_finding")
    blueprint.add_app_template_filter(limit, "laboratory_limit")
    blueprint.add_app_template_filter(frequency, "laboratory_frequency")
    blueprint.add_app_template_filter(result, "laboratory_result")


def finding(check: LotCheck) -> str:
    """Return the sentence of a lot's check with its figures."""
    figures: dict[str, Any] = dict(check.figures)
    if "analyte" in figures:
        figures["limit"] = _limit(figures["measure"], figures["most"], figures["analyte"])
        figures["analyte"] = ANALYTES[figures["analyte"]]
        figures["values"] = ", ".join(_compared(*each) for each in figures["values"])
    if "numbers" in figures:
        figures["numbers"] = ", ".join(figures["numbers"])
    if "until" in figures:
        figures["until"] = long_day(date.fromisoformat(figures["until"]))
    if "hours" in figures:
        figures["hours"] = number(figures["hours"])
    return str(FINDINGS[check.finding]) % figures


def limit(rule: SamplingRule) -> str:
    """Return the words of a rule's limit."""
    return _limit(rule.measure.value, rule.most, rule.analyte.value)


def frequency(plan: SamplingPlan) -> str:
    """Return the sentence of the lots that a plan chooses."""
    return str(FREQUENCIES[plan.frequency.value]) % {"cycles": plan.every_cycles}


def result(found: LabResult) -> str:
    """Return a result as it is written: comparator, value, unit."""
    written = _compared(found.comparator.value, found.value)
    return f"{written}\N{NO-BREAK SPACE}{UNITS[found.unit.value]}"


def _compared(comparator: str, value: float) -> str:
    """Return a value with its comparator, which is left out for an equal one."""
    if comparator == ResultComparator.EQUAL:
        return number(value)
    return f"{comparator}\N{NO-BREAK SPACE}{number(value)}"


def _limit(measure: str, most: int, analyte: str) -> str:
    if measure == RuleMeasure.VALUE and not most:
        return str(_("no growth"))
    if measure == RuleMeasure.COLONIES:
        return str(
            ngettext("at most %(num)s colony a plate", "at most %(num)s colonies a plate", most)
        )
    if measure == RuleMeasure.POSITIVE_PLATES:
        return str(
            ngettext(
                "at most %(num)s plate with growth", "at most %(num)s plates with growth", most
            )
        )
    unit = UNITS["dornic" if analyte == Analyte.ACIDITY else "cfu_ml"]
    return str(_("at most %(most)s %(unit)s")) % {"most": number(most), "unit": unit}
