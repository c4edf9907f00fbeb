"""Reading notes for what must not be in them: phone numbers, addresses, names. It warns; the sender decides.

Only places are reported, never the matched words, so that a log of hits holds nobody's data. A name without さん or
the like is not found, nor what needs understanding (a date of birth, an illness). How well the rest is found is
measured on labelled notes (tests/unit/test_personal_data.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from outreach_api.kernel.accounts_in_text import accounts, emails, line_ids
from outreach_api.kernel.addresses_in_text import addresses
from outreach_api.kernel.names_in_text import names
from outreach_api.kernel.numbers_in_text import my_numbers, numbers, phones, postal_codes
from outreach_api.kernel.schools_in_text import schools
from outreach_api.kernel.text import Folded, fold


class PersonalData(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    POSTAL_CODE = "postal_code"
    ADDRESS = "address"
    NAME = "name"
    SCHOOL = "school"
    LINE_ID = "line_id"
    ACCOUNT = "account"
    MY_NUMBER = "my_number"


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A place in the text as it was given, [start, end) in code points."""

    start: int
    end: int
    kind: PersonalData


def personal_data_hits(text: str) -> list[Hit]:
    """Where a note seems to hold personal data, in order of place; see PersonalData for the kinds.

    Looks at a folded copy and answers with places in the text as given. What overlaps a surer hit is not told
    twice. The time it takes grows with the length of the text, whatever stands in it.
    """
    folded = fold(text)
    found: list[tuple[PersonalData, int, int]] = []
    for kind, places in _surer_first(folded):
        for start, end in places:
            if not any(start < other_end and other_start < end for _, other_start, other_end in found):
                found.append((kind, start, end))
    return sorted(Hit(folded.spans[start][0], folded.spans[end - 1][1], kind) for kind, start, end in found)


def _surer_first(folded: Folded) -> Iterator[tuple[PersonalData, Iterable[tuple[int, int]]]]:
    letters, digits = folded.letters, folded.digits
    yield PersonalData.EMAIL, emails(letters)
    yield PersonalData.LINE_ID, line_ids(letters)
    yield PersonalData.ACCOUNT, accounts(letters)
    found = list(numbers(digits))
    yield PersonalData.MY_NUMBER, my_numbers(found)
    yield PersonalData.PHONE, phones(found)
    yield PersonalData.POSTAL_CODE, postal_codes(digits, found)
    yield PersonalData.ADDRESS, addresses(digits)
    yield PersonalData.SCHOOL, schools(letters)
    yield PersonalData.NAME, names(letters)
