"""Writing of wards, their staff and recipients."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.donors.models import Donor
from collector.donors.numbers import compact_number
from collector.errors import NotFound, Refused
from collector.people.models import Person, Role
from collector.people.queries import roles_of
from collector.recipients.models import Recipient, Ward, WardMember
from collector.recipients.numbers import new_pseudonym

LONGEST_NAME = 80
LONGEST_INDICATION = 200
LEAST_GESTATION_DAYS, MOST_GESTATION_DAYS = 20 * 7, 44 * 7
LEAST_GRAMS, MOST_GRAMS = 200, 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientDraft:
    """The needs of a recipient as a ward states them.

    Attributes
    ----------
    gestation_days
        Days of the pregnancy at birth.
    birth_weight_g, weight_g
        Grams at birth and now.
    indication
        The physician's indication; empty if the limits of birth give one.
    """

    gestation_days: int
    birth_weight_g: int
    weight_g: int
    dairy_free: bool = False
    indication: str = ""


def write_ward(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    establishment: str,
    name: str,
    is_depot: bool = False,
) -> Ward:
    """Add a ward.

    Raises
    ------
    Refused
        `ward_name_missing`; `text_too_long` (`most`); `ward_exists`.
    """
    establishment, name = establishment.strip(), name.strip()
    if not name or not establishment:
        raise Refused("ward_name_missing")
    if max(len(name), len(establishment)) > LONGEST_NAME:
        raise Refused("text_too_long", most=LONGEST_NAME)
    same = select(Ward.id).where(
        Ward.bank_id == bank_id, Ward.establishment == establishment, Ward.name == name
    )
    if session.scalar(same) is not None:
        raise Refused("ward_exists")
    ward = Ward(
        bank_id=bank_id, establishment=establishment, name=name, is_depot=is_depot, retired_at=None
    )
    session.add(ward)
    session.flush()
    _record(session, now, bank_id, person_id, "ward written", f"ward:{ward.id}")
    return ward


def assign_member(
    session: Session, *, now: datetime, bank_id: int, person_id: int, ward_id: int, member_id: int
) -> None:
    """Make a person with the role `ward` a member of a ward, and of no other one.

    Raises
    ------
    NotFound
        The bank has no such ward or person.
    Refused
        `not_of_wards`: the person has no role `ward`.
    """
    owned(session, Ward, bank_id, ward_id)
    owned(session, Person, bank_id, member_id)
    if Role.WARD not in roles_of(session, member_id):
        raise Refused("not_of_wards")
    session.execute(delete(WardMember).where(WardMember.person_id == member_id))
    session.add(WardMember(bank_id=bank_id, ward_id=ward_id, person_id=member_id))
    session.flush()
    _record(session, now, bank_id, person_id, "ward joined", f"ward:{ward_id}", member=member_id)


def enrol_recipient(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    ward_id: int,
    draft: RecipientDraft,
) -> Recipient:
    """Add a recipient of a ward under a new pseudonym.

    Raises
    ------
    NotFound
        The bank has no such ward.
    Refused
        `gestation_out_of_bounds`, `weight_out_of_bounds` (`least`, `most`); `text_too_long`
        (`most`).
    """
    owned(session, Ward, bank_id, ward_id)
    _refuse_implausible(draft)
    recipient = Recipient(
        bank_id=bank_id,
        pseudonym=_unused_pseudonym(session, bank_id),
        ward_id=ward_id,
        gestation_days=draft.gestation_days,
        birth_weight_g=draft.birth_weight_g,
        weight_g=draft.weight_g,
        dairy_free=draft.dairy_free,
        indication=draft.indication.strip(),
        mother_id=None,
        enrolled_by_id=person_id,
        enrolled_at=now,
    )
    session.add(recipient)
    session.flush()
    subject = f"recipient:{recipient.id}"
    _record(session, now, bank_id, person_id, "recipient enrolled", subject)
    return recipient


def change_weight(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recipient_id: int,
    weight_g: int,
) -> None:
    """Change the latest weight of a recipient, in grams.

    Raises
    ------
    NotFound
        The bank has no such recipient.
    Refused
        `weight_out_of_bounds` (`least`, `most`).
    """
    recipient = owned(session, Recipient, bank_id, recipient_id)
    _refuse_weight(weight_g)
    before, recipient.weight_g = recipient.weight_g, weight_g
    _record(
        session,
        now,
        bank_id,
        person_id,
        "recipient weighed",
        f"recipient:{recipient_id}",
        before=before,
        after=weight_g,
    )


def link_mother(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recipient_id: int,
    donor_number: str,
) -> None:
    """Tie a recipient to the donor whose milk for her own child is this child's.

    Parameters
    ----------
    donor_number
        The donor's number; empty to end the tie.

    Raises
    ------
    NotFound
        The bank has no such recipient; `donor_unknown`.
    """
    recipient = owned(session, Recipient, bank_id, recipient_id)
    mother_id = None
    if donor_number.strip():
        mother_id = session.scalar(
            select(Donor.id).where(
                Donor.bank_id == bank_id, Donor.number == compact_number(donor_number)
            )
        )
        if mother_id is None:
            raise NotFound("donor_unknown")
    recipient.mother_id = mother_id
    subject = f"recipient:{recipient_id}"
    _record(session, now, bank_id, person_id, "mother tied", subject, tied=mother_id is not None)


def _refuse_implausible(draft: RecipientDraft) -> None:
    if not LEAST_GESTATION_DAYS <= draft.gestation_days <= MOST_GESTATION_DAYS:
        raise Refused(
            "gestation_out_of_bounds",
            least=LEAST_GESTATION_DAYS // 7,
            most=MOST_GESTATION_DAYS // 7,
        )
    _refuse_weight(draft.birth_weight_g)
    _refuse_weight(draft.weight_g)
    if len(draft.indication) > LONGEST_INDICATION:
        raise Refused("text_too_long", most=LONGEST_INDICATION)


def _refuse_weight(grams: int) -> None:
    if not LEAST_GRAMS <= grams <= MOST_GRAMS:
        raise Refused("weight_out_of_bounds", least=LEAST_GRAMS, most=MOST_GRAMS)


def _unused_pseudonym(session: Session, bank_id: int) -> str:
    while True:
        pseudonym = new_pseudonym()
        taken = select(Recipient.id).where(
            Recipient.bank_id == bank_id, Recipient.pseudonym == pseudonym
        )
        if session.scalar(taken) is None:
            return pseudonym


def _record(
    session: Session,
    now: datetime,
    bank_id: int,
    person_id: int,
    action: str,
    subject: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=subject,
        **details,
    )
