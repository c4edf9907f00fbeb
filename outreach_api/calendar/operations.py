"""What can be changed about the calendar, by whom."""

from outreach_api.calendar import writes
from outreach_api.ledger.kinds import MASTER_DATA, Kind, one_by_one, roles
from schemas import calendar as wire
from schemas.vocabulary import Role

KEEPERS = roles(Role.COORDINATOR, Role.ADMIN)

ADD_SCHOOL_HOLIDAY = Kind(
    name="school_holiday.add",
    schema=wire.SchoolHolidayIn,
    roles=KEEPERS,
    write=one_by_one(writes.add_school_holiday),
    entity="school_holiday",
    stage=MASTER_DATA,
    creates=True,
)
CHANGE_SCHOOL_HOLIDAY = Kind(
    name="school_holiday.change",
    schema=wire.SchoolHolidayChange,
    roles=KEEPERS,
    write=one_by_one(writes.change_school_holiday),
    entity="school_holiday",
    stage=MASTER_DATA,
    needs_base=True,
)

KINDS = (ADD_SCHOOL_HOLIDAY, CHANGE_SCHOOL_HOLIDAY)
