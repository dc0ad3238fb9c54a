"""Likely duplicates among the rows of a file and the donors of a bank."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collector.donors.models import Donor
from collector.donors.queries import phone_digits
from collector.import_reports import Likeness
from collector.search_words import words_in

LikenessKey = tuple[str, ...]


class LikenessIndex:
    """Donors of a bank and earlier rows of a file, by all that two files of one donor share."""

    def __init__(self, donors: Iterable[Donor]) -> None:
        self._numbers: dict[str, int] = {}
        self._found: dict[LikenessKey, list[Likeness]] = {}
        for donor in donors:
            self._numbers[donor.number] = donor.id
            values = {
                "first_name": donor.first_name,
                "family_name": donor.family_name,
                "email": donor.email,
                "phone": donor.phone,
                "line": donor.address.line,
                "postcode": donor.address.postcode,
                "baby_born_on": donor.baby_born_on,
            }
            self._add(values, Likeness(donor.id, None))

    def known(self, values: Mapping[str, Any]) -> int | None:
        """Return the donor with the number or the e-mail address of a row, if there is one."""
        if values["number"] in self._numbers:
            return self._numbers[values["number"]]
        found = self._found.get(("email", values["email"] or ""), [])
        return found[0].donor_id if len(found) == 1 else None

    def likely(self, values: Mapping[str, Any], line: int) -> tuple[Likeness, ...]:
        """Return the donors and earlier rows that a row may mean, then add the row."""
        found = [each for key in _keys(values) for each in self._found.get(key, ())]
        self._add(values, Likeness(None, line))
        return tuple(dict.fromkeys(found))

    def _add(self, values: Mapping[str, Any], likeness: Likeness) -> None:
        for key in _keys(values):
            self._found.setdefault(key, []).append(likeness)


def _keys(values: Mapping[str, Any]) -> Iterator[LikenessKey]:
    """Yield the keys that two files of one donor share; it is a guess, so a colleague decides."""
    if values["email"]:
        yield ("email", values["email"])
    if digits := phone_digits(values["phone"]):
        yield ("phone", digits)
    first = words_in(values["first_name"])
    name = " ".join(sorted([*first, *words_in(values["family_name"])]))
    street = " ".join(words_in(values["line"]))
    if name and street:
        yield ("street", name, street, values["postcode"])
    if first and values["baby_born_on"] is not None:
        yield ("baby", " ".join(first), values["postcode"], values["baby_born_on"].isoformat())
