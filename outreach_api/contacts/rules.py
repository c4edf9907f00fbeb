"""What holds for contacts: who may open a text, when a concern opens, what needs consent, how people are estimated."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import derived
from outreach_api.kernel.personal_data import personal_data_hits
from outreach_api.kernel.week import day_bounds_utc, local_day
from schemas.vocabulary import (
    Depth,
    DestinationKind,
    IssueStatus,
    ReadPurpose,
    ReferralDirection,
    ReferralOutcome,
    Role,
    Topic,
)

SAFETY_CARD_ID = derived("safety_card")
ALERT_ADDRESSES_ID = derived("alert_addresses")
DEFAULT_STEPS = "①子どもの安全を先に。②命の危険は110・119。③迷ったら189。④責任者に連絡。"
DEFAULT_STEPS_EN = (
    "Make the child safe first. Danger to life: 110 or 119. In doubt: 189. Then tell the safeguarding lead."
)
# 189: the nationwide number for child abuse consultation, free of charge, day and night.
EMERGENCY_NUMBERS = (
    ("110", "警察", "Police"),
    ("119", "消防・救急", "Fire and ambulance"),
    ("189", "児童相談所虐待対応ダイヤル", "Child guidance center, child abuse hotline"),
)

FOLLOW_UP_DAYS = 366
"""A promise further away is a mistyped year."""
FEWEST_RECAPTURED = 7
"""With fewer cards seen twice, Chapman's estimate is too unsure to be told."""
_Z95 = 1.959964

_STEPS = tuple(IssueStatus)
_NOT_PUBLIC = ("ケース", "対象者", "困窮")


def opens_concern(*, flagged: bool, about_staff: bool, depth: Depth, topics: Collection[Topic]) -> bool:
    """Violence and crisis reach the safeguarding lead even when nobody flagged them."""
    return flagged or about_staff or depth is Depth.CRISIS or Topic.VIOLENCE in topics


def personal_data_in(text: str | None, path: str) -> tuple[Problem, ...]:
    """One warning for each kind of personal data that a text seems to hold; never the match or its place."""
    kinds = dict.fromkeys(hit.kind for hit in personal_data_hits(text)) if text else {}
    return tuple(Problem(path, f"personal_data_{kind.value}") for kind in kinds)


def unfit_for_everybody(text: str | None, path: str) -> tuple[Problem, ...]:
    """Words by which nobody wants to be called, and which no public page shows."""
    return (Problem(path, "word_not_public"),) if any(word in (text or "") for word in _NOT_PUBLIC) else ()


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What decides whether a text may be opened."""

    received_at: dt.datetime
    depth: Depth
    topics: Collection[Topic]
    safety_concern: bool
    about_staff: bool


def may_open_text(
    note: NoteFacts, *, role: Role, purpose: ReadPurpose | None, now: dt.datetime, readback_hours: int
) -> ReadPurpose | Refusal:
    """The purpose to record, or why the text stays shut.

    Crew read back for some hours after the server received it, and never a text of a concern.
    """
    if role is not Role.CREW:
        if purpose is None or purpose is ReadPurpose.READ_BACK:
            return Refusal("purpose_required", 422, {}, (Problem("?purpose", "purpose_required"),))
        return purpose
    if purpose not in (None, ReadPurpose.READ_BACK):
        return Refusal("purpose_not_yours", 403)
    if opens_concern(
        flagged=note.safety_concern, about_staff=note.about_staff, depth=note.depth, topics=note.topics
    ):
        return Refusal("text_with_safeguarding", 403)
    if now - note.received_at > dt.timedelta(hours=readback_hours):
        return Refusal("readback_over", 403, {"hours": readback_hours})
    return ReadPurpose.READ_BACK


def purge_before(now: dt.datetime, days: int) -> tuple[dt.date, dt.datetime]:
    """The last visit day whose texts are purged now, and the end of that day in UTC.

    A text goes when its visit's day or the server's day of receipt is old enough, so that no phone's clock can
    keep it longer.
    """
    last = local_day(now) - dt.timedelta(days=days)
    return last, day_bounds_utc(last)[1]


def consent_needed(kind: DestinationKind, direction: ReferralDirection, outcome: ReferralOutcome) -> bool:
    """Nobody is handed over to 伴走支援 by name without consent."""
    return (
        kind is DestinationKind.ACCOMPANY
        and direction is ReferralDirection.OUT
        and outcome is ReferralOutcome.HANDED_OVER
    )


def case_ref_fault(kind: DestinationKind, case_ref: str | None, *, has_consent: bool) -> Refusal | None:
    if case_ref is None:
        return None
    if kind is not DestinationKind.ACCOMPANY:
        return Refusal("case_ref_not_here", 422, {}, (Problem("/case_ref", "case_ref_not_here"),))
    return None if has_consent else CONSENT_REQUIRED


CONSENT_REQUIRED = Refusal("consent_required", 422, {}, (Problem("/consent", "consent_required"),))


def due_day_fault(promised: dt.date, due: dt.date) -> Refusal | None:
    if promised <= due <= promised + dt.timedelta(days=FOLLOW_UP_DAYS):
        return None
    params = {"days": FOLLOW_UP_DAYS}
    return Refusal("due_day_wrong", 422, params, (Problem("/due_day", "due_day_wrong", params),))


def step_fault(
    now: IssueStatus, to: IssueStatus, on_day: dt.date, earlier: Iterable[dt.date | None]
) -> Refusal | None:
    """Why an issue can't take this step: it never goes back, and no step comes before an earlier one's day."""
    if _STEPS.index(to) <= _STEPS.index(now):
        return Refusal("issue_goes_back", 409, {"status": now.value})
    if any(day is not None and on_day < day for day in earlier):
        return Refusal("invalid", 422, {}, (Problem("/on_day", "wrong_order"),))
    return None


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many, the standard error, and a 95 % interval."""

    people: float
    standard_error: float
    low: float
    high: float


def chapman(n1: int, n2: int, m: int) -> Estimate | None:
    """Chapman's estimate of how many card holders there are, or None when too few were seen twice.

    N = (n1+1)(n2+1)/(m+1) - 1, variance (n1+1)(n2+1)(n1-m)(n2-m) / ((m+1)²(m+2)) (Seber 1982, section 3.1).
    40, 35, 12 give 112.5 with a standard error of 20.0. There can't be fewer than the n1+n2-m that were seen.
    """
    if m < FEWEST_RECAPTURED:
        return None
    people = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    error = math.sqrt(variance)
    seen = n1 + n2 - m
    return Estimate(
        round(people, 1),
        round(error, 1),
        round(max(seen, people - _Z95 * error), 1),
        round(people + _Z95 * error, 1),
    )
