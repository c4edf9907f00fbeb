"""What can be changed about contacts, by whom."""

from outreach_api.contacts.writes import (
    alarms,
    concerns,
    destinations,
    follow_ups,
    notes,
    partners,
    referrals,
    safety_card,
    stamps,
    texts,
)
from outreach_api.ledger.kinds import CLOSINGS, EVENTS, MASTER_DATA, Kind, one_by_one, roles
from outreach_api.storage.contacts import (
    ContactNote,
    FollowUp,
    FollowUpEvent,
    Referral,
    ReferralEvent,
    StampMark,
)
from schemas import contacts as wire
from schemas import follow_ups as follow_up_wire
from schemas import partners as partner_wire
from schemas import referrals as referral_wire
from schemas import safety as safety_wire
from schemas.vocabulary import Role

# Coordinators and safeguarding enter what was written on paper; that opens no text to anybody.
WRITERS = roles(Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING)
SAFEGUARDING = roles(Role.SAFEGUARDING)
ALARM_KEEPERS = roles(Role.SAFEGUARDING, Role.ADMIN)
KEEPERS = roles(Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN)

WRITE_NOTE = Kind(
    name="note.write",
    schema=wire.NoteIn,
    roles=WRITERS,
    write=notes.write_notes,
    entity="note",
    table=ContactNote,
    gone=texts.erased,
)
HOLD_NOTE = Kind(
    name="note.hold",
    schema=wire.NothingIn,
    roles=SAFEGUARDING,
    write=one_by_one(texts.hold_note),
    entity="note",
    stage=EVENTS,
)
RELEASE_NOTE = Kind(
    name="note.release_hold",
    schema=wire.NothingIn,
    roles=SAFEGUARDING,
    write=one_by_one(texts.release_note),
    entity="note",
    stage=EVENTS,
)
ERASE_TEXT = Kind(
    name="note.erase_text",
    schema=wire.NothingIn,
    roles=SAFEGUARDING,
    write=one_by_one(texts.erase_text),
    entity="note",
    stage=EVENTS,
)
ACKNOWLEDGE_CONCERN = Kind(
    name="concern.acknowledge",
    schema=wire.NothingIn,
    roles=SAFEGUARDING,
    write=one_by_one(concerns.acknowledge_concern),
    entity="concern",
    stage=EVENTS,
)
RECORD_NOTIFICATION = Kind(
    name="concern.record_notification",
    schema=safety_wire.NotificationIn,
    roles=SAFEGUARDING,
    write=one_by_one(concerns.record_notification),
    entity="concern_notification",
    stage=EVENTS,
)
# Closing lets the text be purged: whoever closes must have seen the last notification.
CLOSE_CONCERN = Kind(
    name="concern.close",
    schema=wire.NothingIn,
    roles=SAFEGUARDING,
    write=one_by_one(concerns.close_concern),
    entity="concern",
    stage=CLOSINGS,
    needs_base=True,
)
CHANGE_SAFETY_CARD = Kind(
    name="safety_card.change",
    schema=safety_wire.SafetyCardChange,
    roles=roles(Role.COORDINATOR, Role.SAFEGUARDING),
    write=one_by_one(safety_card.change_safety_card),
    entity="safety_card",
    stage=MASTER_DATA,
    needs_base=True,
    unwritten=True,
)
CHANGE_ALERT_ADDRESSES = Kind(
    name="alert_addresses.change",
    schema=safety_wire.AlertAddressesChange,
    roles=ALARM_KEEPERS,
    write=one_by_one(alarms.change_addresses),
    entity="alert_addresses",
    stage=MASTER_DATA,
    needs_base=True,
    unwritten=True,
    pushed=False,
)
ADD_DESTINATION = Kind(
    name="destination.add",
    schema=referral_wire.DestinationIn,
    roles=KEEPERS,
    write=one_by_one(destinations.add_destination),
    entity="destination",
    stage=MASTER_DATA,
)
CHANGE_DESTINATION = Kind(
    name="destination.change",
    schema=referral_wire.DestinationChange,
    roles=KEEPERS,
    write=one_by_one(destinations.change_destination),
    entity="destination",
    stage=MASTER_DATA,
    needs_base=True,
)
# Events: a referral may name a note of the same push, and an outcome its referral.
OPEN_REFERRAL = Kind(
    name="referral.open",
    schema=referral_wire.ReferralIn,
    roles=WRITERS,
    write=referrals.open_referrals,
    entity="referral",
    stage=EVENTS,
    table=Referral,
)
GIVE_CONSENT = Kind(
    name="consent.give",
    schema=referral_wire.ConsentIn,
    roles=WRITERS,
    write=one_by_one(referrals.give_consent),
    entity="consent",
    stage=CLOSINGS,
)
WITHDRAW_CONSENT = Kind(
    name="consent.withdraw",
    schema=wire.NothingIn,
    roles=WRITERS,
    write=one_by_one(referrals.withdraw_consent),
    entity="referral",
    stage=CLOSINGS,
)
REPORT_OUTCOME = Kind(
    name="referral.report_outcome",
    schema=referral_wire.OutcomeIn,
    roles=WRITERS,
    write=referrals.report_outcomes,
    entity="referral_outcome",
    stage=CLOSINGS,
    table=ReferralEvent,
)
PROMISE_FOLLOW_UP = Kind(
    name="follow_up.promise",
    schema=follow_up_wire.FollowUpIn,
    roles=WRITERS,
    write=follow_ups.promise_follow_ups,
    entity="follow_up",
    stage=EVENTS,
    table=FollowUp,
)
REPORT_FOLLOW_UP = Kind(
    name="follow_up.report",
    schema=follow_up_wire.ReportIn,
    roles=WRITERS,
    write=follow_ups.report_follow_ups,
    entity="follow_up_report",
    stage=CLOSINGS,
    table=FollowUpEvent,
)
MARK_STAMP = Kind(
    name="stamp.mark",
    schema=follow_up_wire.StampIn,
    roles=WRITERS,
    write=stamps.mark_stamps,
    entity="stamp",
    table=StampMark,
)
ADD_PARTNER = Kind(
    name="partner.add",
    schema=partner_wire.PartnerIn,
    roles=KEEPERS,
    write=one_by_one(partners.add_partner),
    entity="partner",
    stage=MASTER_DATA,
)
CHANGE_PARTNER = Kind(
    name="partner.change",
    schema=partner_wire.PartnerChange,
    roles=KEEPERS,
    write=one_by_one(partners.change_partner),
    entity="partner",
    stage=MASTER_DATA,
    needs_base=True,
)
RAISE_ISSUE = Kind(
    name="issue.raise",
    schema=partner_wire.IssueIn,
    roles=KEEPERS,
    write=one_by_one(partners.raise_issue),
    entity="issue",
    stage=MASTER_DATA,
)
ADVANCE_ISSUE = Kind(
    name="issue.advance",
    schema=partner_wire.IssueAdvanceIn,
    roles=KEEPERS,
    write=one_by_one(partners.advance_issue),
    entity="issue",
    stage=MASTER_DATA,
    needs_base=True,
)
# Online only: what is told to everybody, once and for ever, is looked at by who tells it.
PUBLISH_ISSUE = Kind(
    name="issue.publish",
    schema=partner_wire.IssuePublishIn,
    roles=roles(Role.COORDINATOR, Role.ADMIN),
    write=one_by_one(partners.publish_issue),
    entity="issue",
    stage=CLOSINGS,
    pushed=False,
)

KINDS = (
    WRITE_NOTE,
    HOLD_NOTE,
    RELEASE_NOTE,
    ERASE_TEXT,
    ACKNOWLEDGE_CONCERN,
    RECORD_NOTIFICATION,
    CLOSE_CONCERN,
    CHANGE_SAFETY_CARD,
    CHANGE_ALERT_ADDRESSES,
    ADD_DESTINATION,
    CHANGE_DESTINATION,
    OPEN_REFERRAL,
    GIVE_CONSENT,
    WITHDRAW_CONSENT,
    REPORT_OUTCOME,
    PROMISE_FOLLOW_UP,
    REPORT_FOLLOW_UP,
    MARK_STAMP,
    ADD_PARTNER,
    CHANGE_PARTNER,
    RAISE_ISSUE,
    ADVANCE_ISSUE,
    PUBLISH_ISSUE,
)
