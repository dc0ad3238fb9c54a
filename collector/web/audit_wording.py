"""Words of the actions in the audit chain."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.web.disruption_wording import DISRUPTIONS, WAYS
from collector.web.incident_wording import DECISIONS

_ = lazy_gettext

ACTIONS: Mapping[str, LazyString] = {
    "answers sent": _("answers sent"),
    "call asked for": _("call asked for"),
    "call made": _("call made"),
    "call no longer wanted": _("call no longer wanted"),
    "call wanted": _("call wanted"),
    "called": _("called"),
    "called in vain": _("called in vain"),
    "consent recorded": _("consent recorded"),
    "contact corrected": _("contact corrected"),
    "donor registered": _("file opened"),
    "donor candidate": _("file: candidate"),
    "donor prescreened": _("file: first questions answered"),
    "donor interviewed": _("file: interviewed"),
    "donor awaiting_serology": _("file: blood result awaited"),
    "donor eligible": _("file: eligible"),
    "donor suspended": _("file: suspended"),
    "donor ended": _("file: ended"),
    "donor excluded": _("file: excluded"),
    "donor erased": _("file erased"),
    "erasure asked for": _("erasure asked for"),
    "file joined": _("another file joined to this one"),
    "file joined away": _("file joined to another one"),
    "files parted": _("files parted again"),
    "giving planned": _("pause or last gift planned"),
    "identity re-linked": _("identity read for traceability"),
    "interview signed": _("interview signed"),
    "lapse ended": _("end of the suspension for an expired blood test"),
    "last gift said": _("last gift announced"),
    "message called": _("message told by telephone"),
    "phone reached again": _("telephone reached again"),
    "position set": _("place on the map set"),
    "serology answered": _("blood test answered"),
    "serology recorded": _("blood test recorded"),
    # Visits and their receipts.
    "pickup asked": _("visit asked for"),
    "pickup changed": _("visit changed"),
    "cancellation explained": _("cancellation explained"),
    "hold cleared": _("hold cleared"),
    "details left untold": _("changed details kept from the collector"),
    "receipt corrected by donor": _("receipt corrected by the donor"),
    "correction settled": _("correction of a receipt settled"),
    "record chosen": _("one of two records at a door chosen"),
    # Days, rounds and plans.
    "absence written": _("absence written"),
    "absence withdrawn": _("absence withdrawn"),
    "absence restored": _("absence restored"),
    "day published": _("day published"),
    "disruption laid aside": _("disruption closed without a change"),
    "plan asked": _("plan requested"),
    "plan asked again": _("plan requested again"),
    "plan kept": _("plan kept"),
    "proposal asked again": _("proposal requested again"),
    "proposal discarded": _("proposal discarded"),
    "stops pinned": _("stops pinned"),
    "visit moved": _("visit moved"),
    "weeks asked": _("weeks planned"),
    "weeks asked again": _("weeks planned again"),
    # The bank.
    "bank founded": _("bank founded"),
    "directory corrected": _("entry of the directory corrected"),
    "excursion assessed": _("excursion assessed"),
    "public text changed": _("public text changed"),
    "questions changed": _("questions changed"),
    "rule changed": _("rule changed"),
    "zone's weekdays set": _("weekdays of a zone set"),
    "application made": _("application given a token"),
    "webhook made": _("webhook made"),
    "webhook paused": _("webhook paused"),
    "webhook resumed": _("webhook resumed"),
    "webhook ended": _("webhook ended"),
    "application revoked": _("token of an application revoked"),
    # The roster, the fleet and the staff.
    "authenticator app added": _("authenticator app added"),
    "authenticator app removed": _("authenticator app removed"),
    "badge locked": _("badge locked after five wrong PINs"),
    "badge removed": _("badge removed"),
    "badge set": _("badge set"),
    "bank changed": _("bank changed"),
    "bank closed on a day": _("bank closed on a day"),
    "closing day removed": _("closing day removed"),
    "contract ended": _("contract ended"),
    "contract written": _("contract written"),
    "fleet changed": _("vehicles or boxes changed"),
    "hospital account linked": _("hospital account linked"),
    "opening step put off": _("step of the opening put off"),
    "passkey added": _("passkey added"),
    "passkey removed": _("passkey removed"),
    "person changed": _("member of the staff changed"),
    "person deactivated": _("account closed"),
    "person reactivated": _("account opened again"),
    "recovery code used": _("recovery code used"),
    "recovery codes made": _("new recovery codes made"),
    "second factors removed": _("every second proof removed"),
    "session ended by wrong codes": _("session ended after five wrong codes"),
    "session resumed by badge": _("session resumed by badge and PIN"),
    "shift swapped": _("shift swapped"),
    "shift taken off": _("shift taken off"),
    "shift written": _("shift written"),
    "site changed": _("site changed"),
    "site retired": _("site retired"),
    "usual week added": _("usual week added"),
    "usual week ended": _("usual week ended"),
    # The laboratory.
    "bottles filled": _("bottles filled"),
    "container missing": _("bottle missing at the reception"),
    "curve kept": _("curve kept"),
    "cycle abandoned": _("cycle abandoned"),
    "cycle begun": _("cycle begun"),
    "cycle ended": _("cycle ended"),
    "cycle loaded": _("cycle loaded"),
    "device written": _("device written"),
    "discrepancy closed": _("discrepancy closed"),
    "labels printed": _("labels printed"),
    "pool closed": _("pool closed"),
    "pool dissolved": _("pool dissolved"),
    "pool opened": _("pool opened"),
    "pooling undone": _("pooling undone"),
    "thaw begun": _("thaw begun"),
}

COMPOUND: Mapping[str, tuple[LazyString, Mapping[str, LazyString]]] = {
    "day before answered ": (
        _("answer on the day before: %(what)s"),
        {
            "fine": _("all is well"),
            "not_home": _("not at home"),
            "fewer": _("fewer bottles"),
            "last": _("last gift"),
        },
    ),
    "disruption told: ": (
        _("disruption: %(what)s"),
        {kind.value: words for kind, words in DISRUPTIONS.items()},
    ),
    "excursion decided: ": (
        _("excursion decided: %(what)s"),
        {"keep": _("keep the milk"), "discard": _("discard the milk")},
    ),
    "incident decided: ": (_("incident decided: %(what)s"), DECISIONS),
    "proposal accepted: ": (
        _("proposal accepted: %(what)s"),
        {way.value: words[0] for way, words in WAYS.items()},
    ),
    "phone said ": (
        _("phone: %(what)s"),
        {
            "acknowledged": _("change confirmed"),
            "started": _("round started"),
            "box_read": _("temperature of the box"),
            "en_route": _("on the way"),
            "arrived": _("at the door"),
            "collected": _("collected"),
            "not_done": _("not done"),
            "postponed": _("postponed"),
            "incident": _("incident"),
            "address_shown": _("full address shown"),
            "undone": _("last record undone"),
            "handed_over": _("handed over"),
            "closed": _("round closed"),
        },
    ),
    "pickup ": (
        _("visit: %(what)s"),
        {
            "accepted": _("accepted"),
            "planned": _("planned"),
            "published": _("promised"),
            "en route": _("on the way"),
            "arrived": _("at the door"),
            "collected": _("collected"),
            "partly collected": _("partly collected"),
            "failed": _("not done"),
            "cancelled": _("cancelled"),
            "expired": _("too late"),
        },
    ),
}
"""The sentence of an action that ends in a code, and the words of its codes."""


def action_words(action: str) -> str:
    """Return the words of an action; of an action of a later version, the action itself."""
    if action in ACTIONS:
        return str(ACTIONS[action])
    for begin, (sentence, words) in COMPOUND.items():
        code = action.removeprefix(begin)
        if action.startswith(begin) and code in words:
            return str(sentence) % {"what": words[code]}
    return action
