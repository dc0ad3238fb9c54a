"""Words of the laboratory's lists and of their columns."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.laboratory.lists.queries import LaboratoryList

_ = lazy_gettext

LISTS: Mapping[LaboratoryList, LazyString] = {
    LaboratoryList.INTAKES: _("Intakes"),
    LaboratoryList.POOLS: _("Pools"),
    LaboratoryList.INPUTS: _("Containers emptied into pools"),
    LaboratoryList.LOTS: _("Lots"),
    LaboratoryList.BOTTLES: _("Bottles"),
    LaboratoryList.CYCLES: _("Cycles"),
    LaboratoryList.SAMPLES: _("Samples"),
    LaboratoryList.RESULTS: _("Results"),
    LaboratoryList.DECISIONS: _("Decisions on lots"),
    LaboratoryList.HOLDS: _("Holds"),
    LaboratoryList.DISCREPANCIES: _("Discrepancies"),
    LaboratoryList.STAYS: _("Stays in freezers"),
    LaboratoryList.EXCURSIONS: _("Units too warm"),
}

COLUMNS: Mapping[str, LazyString] = {
    "container": _("container"),
    "donor": _("donor"),
    "line": _("line"),
    "state": _("state"),
    "volume_ml": _("volume_ml"),
    "measured": _("measured"),
    "expressed_first": _("expressed_first"),
    "expressed_last": _("expressed_last"),
    "refused_because": _("refused_because"),
    "taken_at": _("taken_at"),
    "pool": _("pool"),
    "inputs_ml": _("inputs_ml"),
    "sampled_ml": _("sampled_ml"),
    "discarded_ml": _("discarded_ml"),
    "loss_reason": _("loss_reason"),
    "made_at": _("made_at"),
    "closed_at": _("closed_at"),
    "added_at": _("added_at"),
    "expires_on": _("expires_on"),
    "bottles": _("bottles"),
    "heated_at": _("heated_at"),
    "bottle": _("bottle"),
    "filled_at": _("filled_at"),
    "scanned_back_at": _("scanned_back_at"),
    "left_at": _("left_at"),
    "cycle": _("cycle"),
    "device": _("device"),
    "serial": _("serial"),
    "began_at": _("began_at"),
    "ended_at": _("ended_at"),
    "sample": _("sample"),
    "stage": _("stage"),
    "laboratory": _("laboratory"),
    "lost_reason": _("lost_reason"),
    "plate": _("plate"),
    "analyte": _("analyte"),
    "comparator": _("comparator"),
    "value": _("value"),
    "unit": _("unit"),
    "plated_ul": _("plated_ul"),
    "method": _("method"),
    "entered_at": _("entered_at"),
    "verified_at": _("verified_at"),
    "superseded_at": _("superseded_at"),
    "verdict": _("verdict"),
    "reason": _("reason"),
    "decided_at": _("decided_at"),
    "subject": _("subject"),
    "opened_at": _("opened_at"),
    "lifted_at": _("lifted_at"),
    "lift_reason": _("lift_reason"),
    "note": _("note"),
    "place": _("place"),
    "warmest": _("warmest"),
    "limit_celsius": _("limit_celsius"),
}
"""The headings of columns: in English the names themselves, so that programs may rely on them."""
