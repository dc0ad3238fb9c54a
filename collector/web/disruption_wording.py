"""Words of disruptions: kinds, alternatives, phases, errors, and reasons for collectors."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.planning.models import Disruption, DisruptionKind, ProposalWay
from collector.rounds.events.replay import VisitPhase

_ = lazy_gettext

DISRUPTIONS: Mapping[DisruptionKind, LazyString] = {
    DisruptionKind.COLLECTOR_ILL: _("A collector is ill"),
    DisruptionKind.VEHICLE: _("A vehicle does not go"),
    DisruptionKind.ROAD: _("A road is closed"),
    DisruptionKind.FREEZER: _("A freezer fails"),
    DisruptionKind.URGENT: _("An urgent visit"),
    DisruptionKind.AT_RISK: _("A round is at risk"),
    DisruptionKind.REGRETTED: _("Back to how it was"),
}

WAYS: Mapping[ProposalWay, tuple[LazyString, LazyString]] = {
    ProposalWay.GO_ON: (
        _("Go on, later"),
        _("The order stays; visits that cannot be reached in their hours are left."),
    ),
    ProposalWay.INSERT: (
        _("Colleagues take over"),
        _("Each visit goes where it costs least; nobody else's order changes."),
    ),
    ProposalWay.REBALANCE: (
        _("Look at everything anew"),
        _("The planner looks for the best of all rounds that are left."),
    ),
    ProposalWay.OTHER_DAY: (
        _("On another day"),
        _("These visits are not made today; they wait to be planned."),
    ),
    ProposalWay.OTHER_FREEZER: (
        _("Another freezer"),
        _("The order stays; the round ends at another freezer."),
    ),
    ProposalWay.AS_BEFORE: (
        _("As it was before"),
        _("The visits still ahead are in their former order again."),
    ),
}

REASONS: Mapping[DisruptionKind, LazyString] = {
    DisruptionKind.COLLECTOR_ILL: _("A colleague is ill."),
    DisruptionKind.VEHICLE: _("A vehicle does not go."),
    DisruptionKind.ROAD: _("A road is closed."),
    DisruptionKind.FREEZER: _("A freezer fails."),
    DisruptionKind.URGENT: _("An urgent visit."),
    DisruptionKind.AT_RISK: _("A round had become too tight."),
    DisruptionKind.REGRETTED: _("The last change is taken back."),
}

WHY_NO_DAY: Mapping[str, LazyString] = {
    "no_position": _("we do not know where she lives"),
    "too_far": _("farther than we drive"),
    "elsewhere": _("she is elsewhere on these days"),
    "zone_not_driven": _("her zone is not driven to on these weekdays"),
    "milk_too_old": _("her oldest milk is too old before anybody drives"),
    "pauses": _("she pauses"),
    "file_not_allowing": _("her file allows no visit"),
    "too_little": _("less milk by then than we drive for"),
    "nobody_drives": _("nobody drives"),
}

PHASES: Mapping[VisitPhase, LazyString] = {
    VisitPhase.WAITING: _("to come"),
    VisitPhase.EN_ROUTE: _("on the way"),
    VisitPhase.ARRIVED: _("at the door"),
    VisitPhase.COLLECTED: _("collected"),
    VisitPhase.NOT_DONE: _("not done"),
}

ERRORS: Mapping[str, LazyString] = {
    "unpublished_changes": _(
        "The rounds were changed and not published yet. Publish these changes first, or take them "
        "back: proposals begin with what collectors and donors know."
    ),
    "nobody_drives_then": _("No collector is on duty in these weeks yet. Enter the shifts first."),
    "nobody_is_due": _("No donor who is due has a day that fits."),
    "nobody_chosen": _("Choose at least one donor."),
    "stretch_backwards": _("The last day comes before the first."),
    "stretch_too_long": _("Choose at most %(most)s days."),
    "minutes_needed": _("Say for how many minutes, from 1 to %(most)s."),
    "nothing_left_to_move": _("There is nothing left to do there today: nothing has to change."),
    "absence_days": _("Choose a last day off duty, at most %(most)s days ahead."),
    "no_way_out": _(
        "The planner finds no lawful way. Call those concerned, and move visits by hand."
    ),
    "proposal_out_of_date": _(
        "The day went on while you were looking, and this can no longer be done. Tell once more "
        "what happened: the proposals are made anew."
    ),
    "disruption_over": _("A colleague answered this a moment ago. Look at the day as it is now."),
    "proposal_not_ready": _("The planner is still looking. Wait a moment, or take another one."),
}


def why(disruption: Disruption) -> str:
    """Return the reason that collectors read, if the coordinator wrote none."""
    return str(REASONS[disruption.kind])
