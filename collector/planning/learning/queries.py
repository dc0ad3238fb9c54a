"""Names of the people that learned times are about."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.donors.models import Donor
from collector.people.models import Person
from collector.roads.models import LearnedKind, LearnedTime


def subject_names(
    session: Session, *, bank_id: int, rows: Iterable[LearnedTime]
) -> dict[tuple[LearnedKind, str], str]:
    """Return the names of the donors and collectors of learned values, by kind and key."""
    known = [row.donor_id for row in rows if row.donor_id is not None]
    donors = session.execute(
        select(Donor.id, Donor.first_name, Donor.family_name).where(
            Donor.bank_id == bank_id, Donor.id.in_(known)
        )
    )
    people = session.execute(select(Person.id, Person.name).where(Person.bank_id == bank_id))
    found = {(LearnedKind.DONOR, str(key)): f"{first} {last}" for key, first, last in donors}
    return found | {(LearnedKind.COLLECTOR, str(key)): name for key, name in people}
