"""Health questions before every visit, in one wording for the donor's page and the phone."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.pickups.models import HoldReason

QUESTIONS: Mapping[str, LazyString] = {
    HoldReason.ILLNESS: lazy_gettext("Have you been ill, or had a fever?"),
    HoldReason.MEDICATION: lazy_gettext("Have you taken medicine, or been vaccinated?"),
    HoldReason.EXPOSURE: lazy_gettext("Tobacco, alcohol, a tattoo, a piercing or a transfusion?"),
}
