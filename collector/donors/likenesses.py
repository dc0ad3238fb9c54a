"""Likely duplicates among the rows of a file and the donors of a bank."""

from collections.abc import Iterable, Mapping
from typing import Any

from collector.donors.duplicates import IdentityKey, identity_keys, keys_of
from collector.donors.models import Donor
from collector.import_reports import Likeness


class LikenessIndex:
    """Donors of a bank and earlier rows of a file, by all that two files of one donor share."""

    def __init__(self, donors: Iterable[Donor]) -> None:
        self._numbers: dict[str, int] = {}
        self._found: dict[IdentityKey, list[Likeness]] = {}
        for donor in donors:
            self._numbers[donor.number] = donor.id
            self._add(keys_of(donor), Likeness(donor.id, None))

    def known(self, values: Mapping[str, Any]) -> int | None:
        """Return the donor with the number or the e-mail address of a row, if there is one."""
        if values["number"] in self._numbers:
            return self._numbers[values["number"]]
        found = self._found.get(("email", values["email"] or ""), [])
        return found[0].donor_id if len(found) == 1 else None

    def likely(self, values: Mapping[str, Any], line: int) -> tuple[Likeness, ...]:
        """Return the donors and earlier rows that a row may mean, then add the row."""
        keys = list(identity_keys(values))
        found = [each for key in keys for each in self._found.get(key, ())]
        self._add(keys, Likeness(None, line))
        return tuple(dict.fromkeys(found))

    def _add(self, keys: Iterable[IdentityKey], likeness: Likeness) -> None:
        for key in keys:
            self._found.setdefault(key, []).append(likeness)
