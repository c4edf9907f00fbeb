"""The shared words: what may stand in an enumerated field, online, in a push and in the database."""

import datetime as dt
from enum import StrEnum


class Role(StrEnum):
    CREW = "crew"
    COORDINATOR = "coordinator"
    SAFEGUARDING = "safeguarding"
    REPORTER = "reporter"
    ADMIN = "admin"


class Page(StrEnum):
    """Pages with tokens of their own, which open nothing but what that page asks."""

    MAP = "map"


class AreaKind(StrEnum):
    """What the areas of a set are: 市区町村, 学校区, 町丁・字, or something of one's own."""

    CITY = "city"
    SCHOOL_DISTRICT = "school_district"
    SMALL_AREA = "small_area"
    OTHER = "other"


class TargetPopulation(StrEnum):
    """Whom coverage and gaps count, where the census knows them: children, or households with children under six."""

    CHILDREN_0_14 = "children_0_14"
    CHILDREN_0_5 = "children_0_5"
    HOUSEHOLDS_UNDER_6 = "households_under_6"


class CensusCounts(StrEnum):
    """Whom the census counts that stands beside what was released."""

    CHILDREN_0_14 = "children_0_14"
    CHILDREN_0_5 = "children_0_5"
    HOUSEHOLDS_UNDER_6 = "households_under_6"
    OTHERS = "others"
    """Whom a file of our own counts."""
    RESIDENTS = "residents"


class StopStatus(StrEnum):
    REQUESTED = "requested"
    TALKING = "talking"
    AGREED = "agreed"
    PAUSED = "paused"
    ENDED = "ended"


class OutageReason(StrEnum):
    """Why a van can't go out for some days."""

    REPAIR = "repair"
    INSPECTION = "inspection"
    LENT = "lent"
    OTHER = "other"


class StopKind(StrEnum):
    TEMPLE = "temple"
    PRIVATE_HOME = "private_home"
    COMMUNITY_CENTER = "community_center"
    PARK = "park"
    SCHOOL = "school"
    HOUSING_ESTATE = "housing_estate"
    SHOP = "shop"
    EVENT = "event"


class Publicity(StrEnum):
    PUBLIC = "public"
    AREA_ONLY = "area_only"
    MEMBERS = "members"


class Precision(StrEnum):
    """How well a position is known: somewhere in the town (丁目), in its block (番), at the place (号), or a pin set
    by hand."""

    TOWN = "town"
    BLOCK = "block"
    POINT = "point"
    MANUAL = "manual"


class PositionSource(StrEnum):
    """Who said where a stop is. `pin`: somebody put it on the map; `pasted`: coordinates, a map link or a plus code."""

    GAZETTEER = "gazetteer"
    GSI = "gsi"
    NOMINATIM = "nominatim"
    PASTED = "pasted"
    PIN = "pin"


class Understood(StrEnum):
    """What a text was that was to be found on the map."""

    ADDRESS = "address"
    POSITION = "position"
    MAP_LINK = "map_link"
    PLUS_CODE = "plus_code"


class Derivation(StrEnum):
    """How a candidate's position was come by."""

    COORDINATES = "coordinates"
    SWAPPED_COORDINATES = "swapped_coordinates"
    GEO_URI = "geo_uri"
    MAP_LINK_PIN = "map_link_pin"
    MAP_LINK_VIEW = "map_link_view"
    """The middle of what the map showed: nobody said that it is the place."""
    PLUS_CODE = "plus_code"
    PLUS_CODE_NEAR = "plus_code_near"
    """A short code, completed near a place that is known."""
    LISTED = "listed"
    """It stands so in the provider's list."""
    MEAN = "mean"
    """The middle of all that the gazetteer lists in that town or block."""


class Asked(StrEnum):
    """What came of asking a provider."""

    FOUND = "found"
    NOTHING = "nothing"
    UNAVAILABLE = "unavailable"
    WITHHELD = "withheld"
    """It was not asked, for what was looked for may be somebody's home."""
    OFF = "off"


class PermissionType(StrEnum):
    CONSENT = "consent"
    PARK_ACT = "park_act"
    PARK_OCCUPANCY = "park_occupancy"
    ROAD_USE = "road_use"
    NONE = "none"


class PlanStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class DayKind(StrEnum):
    """What kind of day a local day is."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    SCHOOL_HOLIDAY = "school_holiday"
    PUBLIC_HOLIDAY = "public_holiday"


class HolidayDays(StrEnum):
    """Which days a wish for a suggestion means, by whether they are holidays of a kind."""

    ANY = "any"
    SKIP = "skip"
    ONLY = "only"


class HolidayRule(StrEnum):
    """What a template does with a day that is a holiday. A working day is Monday to Friday and no public holiday."""

    HOLD = "hold"
    SKIP = "skip"
    NEXT_WORKING_DAY = "next_working_day"
    PREVIOUS_WORKING_DAY = "previous_working_day"


class DayOutcome(StrEnum):
    """What becomes of a day that a template names."""

    HELD = "held"
    MOVED = "moved"
    SKIPPED = "skipped"


class PlanPart(StrEnum):
    """In what a plan is not as its template would make it now."""

    DAY = "day"
    VAN = "van"
    TITLE = "title"
    STOPS = "stops"


class LeftAlone(StrEnum):
    """Why a template leaves the plan of a day as it is."""

    EDITED = "edited"
    PUBLISHED = "published"
    CALLED_OFF = "called_off"
    VISITED = "visited"
    DELETED = "deleted"
    NOT_ASKED_FOR = "not_asked_for"


VAN_LEAVES, VAN_IS_BACK = dt.time(8), dt.time(19)
"""Where a suggestion says nothing else, no van leaves before the one, and all are back by the other."""


class SuggestionStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    """Somebody stopped it; what it had found by then is its answer, if it had found anything."""
    FAILED = "failed"


class SuggestionStep(StrEnum):
    """What a suggestion is at: asking how long drives take, searching, and trying out why the others are not in."""

    DRIVES = "drives"
    SEARCH = "search"
    REASONS = "reasons"


class SuggestionAim(StrEnum):
    """What a suggestion is judged by: points minus driving; where all places must be visited, driving alone."""

    MOST_POINTS = "most_points"
    LEAST_DRIVING = "least_driving"


class ScorePart(StrEnum):
    """What makes a stop worth a visit."""

    GAP = "gap"
    DAYS_SINCE = "days_since"
    DUE = "due"
    RETURNS = "returns"
    FOLLOW_UPS = "follow_ups"
    WEIGHT = "weight"


class Severity(StrEnum):
    """Of a plan's violation: a hard one keeps the plan from being published."""

    HARD = "hard"
    SOFT = "soft"


class Remedy(StrEnum):
    """What would put a plan's violation right."""

    MOVE_STAY = "move_stay"
    MOVE_PLAN = "move_plan"
    OTHER_DAY = "other_day"
    OTHER_VAN = "other_van"
    OTHER_STOP = "other_stop"
    ADD_STOP = "add_stop"
    REMOVE_STAY = "remove_stay"
    RENEW_PERMISSION = "renew_permission"
    RENEW_PAPER = "renew_paper"
    AGREE_STOP = "agree_stop"
    CHANGE_STOP = "change_stop"
    DO_NOT_ANNOUNCE = "do_not_announce"
    ASK_HOST = "ask_host"
    ADD_PEOPLE = "add_people"


class LegBasis(StrEnum):
    """Where the minutes of a drive come from."""

    ROAD = "road"
    ESTIMATE = "estimate"
    NO_ROAD = "no_road"
    """The road map knows no way there; the minutes are an estimate."""


class StayState(StrEnum):
    """What became of a planned stay. `unrecorded`: its day is over and nobody said anything."""

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"
    UNRECORDED = "unrecorded"


class TimetableStatus(StrEnum):
    UNDECIDED = "undecided"
    ON = "on"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class HostChannel(StrEnum):
    PHONE = "phone"
    LINE = "line"
    VISIT = "visit"


class HostAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    WAITING = "waiting"


class VisitStatus(StrEnum):
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    RAIN = "rain"
    WIND = "wind"
    HEAT = "heat"
    THUNDER = "thunder"
    INFECTION = "infection"
    STAFF = "staff"
    VEHICLE = "vehicle"
    SITE = "site"
    OTHER = "other"


class Source(StrEnum):
    APP = "app"
    PAPER = "paper"


class Band(StrEnum):
    INFANT = "infant"
    PRESCHOOL = "preschool"
    ELEM_LOW = "elem_low"
    ELEM_HIGH = "elem_high"
    JUNIOR_HIGH = "junior_high"
    HIGH_SCHOOL = "high_school"
    YOUNG_ADULT = "young_adult"
    GUARDIAN = "guardian"
    ADULT = "adult"
    SENIOR = "senior"
    UNKNOWN = "unknown"


CHILD_BANDS = (
    Band.INFANT,
    Band.PRESCHOOL,
    Band.ELEM_LOW,
    Band.ELEM_HIGH,
    Band.JUNIOR_HIGH,
    Band.HIGH_SCHOOL,
)


class AgeGroup(StrEnum):
    """The one partition of heads that leaves the house: few groups that stay the same for years.

    Those of child policy (こども家庭庁: 0–5, 小学生, 中高生, 若者) and of funders (children against adults).
    """

    PRESCHOOLERS = "preschoolers"
    ELEMENTARY = "elementary"
    TEENS = "teens"
    YOUNG_ADULTS = "young_adults"
    ADULTS = "adults"
    SENIORS = "seniors"
    NOT_SAID = "not_said"
    """Nobody knows the age, or the visit is shown without its groups."""


GROUP_OF = {
    Band.INFANT: AgeGroup.PRESCHOOLERS,
    Band.PRESCHOOL: AgeGroup.PRESCHOOLERS,
    Band.ELEM_LOW: AgeGroup.ELEMENTARY,
    Band.ELEM_HIGH: AgeGroup.ELEMENTARY,
    Band.JUNIOR_HIGH: AgeGroup.TEENS,
    Band.HIGH_SCHOOL: AgeGroup.TEENS,
    Band.YOUNG_ADULT: AgeGroup.YOUNG_ADULTS,
    Band.GUARDIAN: AgeGroup.ADULTS,
    Band.ADULT: AgeGroup.ADULTS,
    Band.SENIOR: AgeGroup.SENIORS,
    Band.UNKNOWN: AgeGroup.NOT_SAID,
}
CHILD_GROUPS = (AgeGroup.PRESCHOOLERS, AgeGroup.ELEMENTARY, AgeGroup.TEENS)


class RareFigure(StrEnum):
    """What is so rare that it leaves the house for the whole city and a fiscal quarter only."""

    CONSULTATIONS = "consultations"
    CONNECTIONS = "connections"


class HygieneCheck(StrEnum):
    STAFF_HEALTH = "staff_health"
    FRIDGE = "fridge"
    FREEZER = "freezer"
    WATER = "water"
    HAND_WASHING = "hand_washing"
    HEATING = "heating"
    ALLERGEN_BOARD = "allergen_board"


class ItemCategory(StrEnum):
    SWEETS = "sweets"
    DRINK = "drink"
    MEAL = "meal"
    OTHER = "other"


class TaxCategory(StrEnum):
    FOOD = "food"
    STANDARD = "standard"
    EXEMPT = "exempt"


class TaxClass(StrEnum):
    """What a rate in the dated tax table is for: food taken away, everything else taxed, or nothing."""

    REDUCED = "reduced"
    STANDARD = "standard"
    EXEMPT = "exempt"


class Payment(StrEnum):
    CASH = "cash"
    PAYPAY = "paypay"
    OTHER_QR = "other_qr"
    TICKET = "ticket"
    FREE = "free"
    MIXED = "mixed"
    """Several of the others on one receipt."""


MONEY = (Payment.CASH, Payment.PAYPAY, Payment.OTHER_QR)
"""Ways to pay that bring money when they are used."""


class ReceiptForm(StrEnum):
    HTML = "html"
    TEXT = "text"


class FreeReason(StrEnum):
    """Why something was given away."""

    CHILD = "child"
    """Under the rule for children that hangs at the counter (OUTREACH_FREE_RULE)."""
    TASTING = "tasting"
    HELPER = "helper"
    SPOILT = "spoilt"
    OTHER = "other"


class ServiceMode(StrEnum):
    TAKEOUT = "takeout"
    EAT_IN = "eat_in"


class Allergen(StrEnum):
    """What food labels in Japan name: 特定原材料, which they must, and 特定原材料に準ずるもの, which they should.

    As of the amendment of April 2026: cashew joined those that must, pistachio those that should (食品表示基準 別表第14, and
    the notice on 食物アレルギー表示).
    """

    SHRIMP = "shrimp"
    CRAB = "crab"
    WALNUT = "walnut"
    WHEAT = "wheat"
    BUCKWHEAT = "buckwheat"
    EGG = "egg"
    MILK = "milk"
    PEANUT = "peanut"
    CASHEW = "cashew"
    ALMOND = "almond"
    ABALONE = "abalone"
    SQUID = "squid"
    SALMON_ROE = "salmon_roe"
    ORANGE = "orange"
    KIWI = "kiwi"
    BEEF = "beef"
    SESAME = "sesame"
    SALMON = "salmon"
    MACKEREL = "mackerel"
    SOY = "soy"
    CHICKEN = "chicken"
    BANANA = "banana"
    PISTACHIO = "pistachio"
    PORK = "pork"
    MACADAMIA = "macadamia"
    PEACH = "peach"
    YAM = "yam"
    APPLE = "apple"
    GELATIN = "gelatin"


MUST_BE_LABELLED = (
    *(Allergen.SHRIMP, Allergen.CRAB, Allergen.WALNUT, Allergen.WHEAT, Allergen.BUCKWHEAT),
    *(Allergen.EGG, Allergen.MILK, Allergen.PEANUT, Allergen.CASHEW),
)


class ItemIcon(StrEnum):
    """A small drawing instead of a photo, for who doesn't read yet."""

    CANDY = "candy"
    LOLLIPOP = "lollipop"
    CHOCOLATE = "chocolate"
    COOKIE = "cookie"
    RICE_CRACKER = "rice_cracker"
    ICE = "ice"
    COTTON_CANDY = "cotton_candy"
    BREAD = "bread"
    NOODLES = "noodles"
    RICE_BALL = "rice_ball"
    SOUP = "soup"
    COFFEE = "coffee"
    TEA = "tea"
    JUICE = "juice"
    MILK = "milk"
    TOY = "toy"
    GIFT = "gift"


ICONS = {
    ItemIcon.CANDY: "🍬",
    ItemIcon.LOLLIPOP: "🍭",
    ItemIcon.CHOCOLATE: "🍫",
    ItemIcon.COOKIE: "🍪",
    ItemIcon.RICE_CRACKER: "🍘",
    ItemIcon.ICE: "🍧",
    ItemIcon.COTTON_CANDY: "🍥",
    ItemIcon.BREAD: "🍞",
    ItemIcon.NOODLES: "🍜",
    ItemIcon.RICE_BALL: "🍙",
    ItemIcon.SOUP: "🍲",
    ItemIcon.COFFEE: "☕",
    ItemIcon.TEA: "🍵",
    ItemIcon.JUICE: "🧃",
    ItemIcon.MILK: "🥛",
    ItemIcon.TOY: "🪀",
    ItemIcon.GIFT: "🎁",
}


class TicketEvent(StrEnum):
    ISSUED = "issued"
    REDEEMED = "redeemed"
    SETTLED = "settled"
    """An overdraft that was made good afterwards, by nobody's donation."""


class CashDirection(StrEnum):
    IN = "in"
    OUT = "out"


class CashReason(StrEnum):
    """Why cash goes into a till or out of it besides sales."""

    CHANGE_FETCHED = "change_fetched"
    SUPPLIES = "supplies"
    BANKED = "banked"
    CORRECTION = "correction"
    OTHER = "other"


CASH_GOES = {
    CashReason.CHANGE_FETCHED: (CashDirection.IN,),
    CashReason.SUPPLIES: (CashDirection.OUT,),
    CashReason.BANKED: (CashDirection.OUT,),
    CashReason.CORRECTION: tuple(CashDirection),
    CashReason.OTHER: tuple(CashDirection),
}
"""Which way it can go."""


class SettledBy(StrEnum):
    """What made an overdraft good."""

    ORGANISATION = "organisation"
    COUNTED_TWICE = "counted_twice"
    """Two phones told of the same ticket: nothing more was given."""


class Familiarity(StrEnum):
    NEW = "new"
    RETURNING = "returning"
    UNKNOWN = "unknown"


class Depth(StrEnum):
    GREETING = "greeting"
    CHAT = "chat"
    LISTENING = "listening"
    CONSULTATION = "consultation"
    CRISIS = "crisis"


CONVERSATION_DEPTHS = (Depth.LISTENING, Depth.CONSULTATION, Depth.CRISIS)
CONSULTATION_DEPTHS = (Depth.CONSULTATION, Depth.CRISIS)


class Stage(StrEnum):
    PREGNANCY = "pregnancy"
    INFANT = "infant"
    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior_high"
    HIGH_SCHOOL = "high_school"
    OTHER = "other"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    CHILDCARE = "childcare"
    ISOLATION = "isolation"
    MONEY = "money"
    FOOD = "food"
    SCHOOL = "school"
    HEALTH = "health"
    DEVELOPMENT = "development"
    HOUSING = "housing"
    WORK = "work"
    FAMILY = "family"
    VIOLENCE = "violence"
    FOREIGN_LANGUAGE = "foreign_language"
    OTHER = "other"


class InfoGiven(StrEnum):
    LEAFLET = "leaflet"
    QR_CARD = "qr_card"
    TIMETABLE = "timetable"
    SPOKEN = "spoken"
    FOOD_PARCEL = "food_parcel"


class TextState(StrEnum):
    NONE = "none"
    KEPT = "kept"
    PURGED = "purged"


class ConcernState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AlertRecipient(StrEnum):
    """Who is told that something waits. A concern about one of us is told to the outside person alone."""

    LEAD = "lead"
    DEPUTY = "deputy"
    OUTSIDE = "outside"


class ReferralDirection(StrEnum):
    OUT = "out"
    IN = "in"


class ReferralOutcome(StrEnum):
    OFFERED = "offered"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    CONNECTED = "connected"
    NOT_CONNECTED = "not_connected"
    UNKNOWN = "unknown"


class DestinationKind(StrEnum):
    """The eight programmes of まつどでつながるプロジェクト, then those outside it."""

    LINK = "link"
    LINE = "line"
    COLLEGE = "college"
    BABY = "baby"
    ONLINE_PARK = "online_park"
    KURUKURU = "kurukuru"
    ROUND_TABLE = "round_table"
    ACCOMPANY = "accompany"
    CITY_CHILD_FAMILY = "city_child_family"
    CHILD_GUIDANCE = "child_guidance"
    HEALTH_CENTER = "health_center"
    SCHOOL = "school"
    SELF_RELIANCE = "self_reliance"
    FOOD_PANTRY = "food_pantry"
    MEDICAL = "medical"
    POLICE = "police"
    OTHER_NPO = "other_npo"


PROGRAMMES = tuple(DestinationKind)[:8]


class ConsentScope(StrEnum):
    """What may be told to 伴走支援 by name."""

    HAND_OVER = "hand_over"
    HAND_OVER_AND_FEEDBACK = "hand_over_and_feedback"


class ConsentBy(StrEnum):
    SELF = "self"
    GUARDIAN = "guardian"


class ConsentMethod(StrEnum):
    ORAL = "oral"
    PAPER = "paper"
    LINE = "line"


class Promise(StrEnum):
    BRING_INFO = "bring_info"
    ASK_EXPERT = "ask_expert"
    MEET_AGAIN = "meet_again"
    OTHER = "other"


class FollowUpResult(StrEnum):
    MET = "met"
    NOT_MET = "not_met"


class FollowUpState(StrEnum):
    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"
    NOT_MET = "not_met"


class ReadPurpose(StrEnum):
    """Why a note's text is opened; written to the audit before the text is shown."""

    SAFEGUARDING = "safeguarding"
    REFERRAL = "referral"
    CORRECTION = "correction"
    ERASURE_REQUEST = "erasure_request"
    READ_BACK = "read_back"


class AuditOutcome(StrEnum):
    """Whether somebody got what they asked for."""

    ALLOWED = "allowed"
    DENIED = "denied"


class HolderKind(StrEnum):
    PERSON = "person"
    DEVICE = "device"
    CONSOLE = "console"


class ErasureReason(StrEnum):
    """Why all texts of a stop's visits are erased before their time; it stands in the audit."""

    PERSON_ASKED = "person_asked"
    HOST_ASKED = "host_asked"
    WRITTEN_BY_MISTAKE = "written_by_mistake"
    ORDERED = "ordered"


QUARANTINED = "quarantined"
"""The code of what came from somebody who had left: kept until the office lets it in."""


class RejectionState(StrEnum):
    """Of an operation that a push could not take in."""

    OPEN = "open"
    WAITING = "waiting"
    """What it needs may still come; it goes by itself once that is there and it is sent again."""
    SETTLED = "settled"


class Settlement(StrEnum):
    """What became of it."""

    ENTERED = "entered"
    """Entered by hand, as far as it matters."""
    KNOWN = "known"
    """It was there already."""
    NOT_NEEDED = "not_needed"


class PartnerKind(StrEnum):
    HOST = "host"
    PROGRAMME = "programme"
    CITY = "city"
    SCHOOL = "school"
    MEDICAL = "medical"
    NPO = "npo"
    COMPANY = "company"
    RESIDENTS = "residents"
    OTHER = "other"


class IssueStatus(StrEnum):
    RAISED = "raised"
    DISCUSSED = "discussed"
    ACTION = "action"
    CLOSED = "closed"


class PublishedStep(StrEnum):
    """The steps of an issue that are told to everybody."""

    RAISED = "raised"
    DISCUSSED = "discussed"
    ACTION = "action"


class PairingState(StrEnum):
    """How far an invitation came."""

    OPEN = "open"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    ENDED = "ended"


class DeviceState(StrEnum):
    """What a phone may do: nobody used its token yet; it works; it may only hand in what it holds; nothing."""

    NEW = "new"
    PAIRED = "paired"
    LEAVING = "leaving"
    ENDED = "ended"


class RevocationReason(StrEnum):
    """Why somebody's access ends. Who left may still hand in what they entered before; who stole may not."""

    STOLEN = "stolen"
    LEFT = "left"


class Duty(StrEnum):
    """What somebody does on a shift."""

    LEAD = "lead"
    DRIVER = "driver"
    COUNTER = "counter"
    OUTREACH = "outreach"
    VOLUNTEER = "volunteer"


class ReportPeriodKind(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    FISCAL_YEAR = "fiscal-year"


class WeekState(StrEnum):
    """How far a week of a report has come; a month is closed once all of its weeks are."""

    RUNNING = "running"
    OPEN = "open"  # over, and nobody closed it
    CLOSED = "closed"


class RestateReason(StrEnum):
    """Why a closed week's figures are told anew."""

    LATE_DATA = "late_data"
    CORRECTION = "correction"
    MERGE = "merge"
    OTHER = "other"


class Against(StrEnum):
    """What a period is compared with."""

    BEFORE = "before"
    MEAN = "mean"
    YEAR_BEFORE = "year_before"
    LIVE = "live"
    """What is known now; of a kept version that tells something else."""


class ChangeCause(StrEnum):
    """Why a figure of a report may be another one than before."""

    CANCELLED = "cancelled"
    WAS_CANCELLED = "was_cancelled"
    ENDED_EARLY = "ended_early"
    FIRST_TIME = "first_time"
    HELD_HERE = "held_here"
    NOT_HELD_HERE = "not_held_here"
    SCHOOL_HOLIDAY = "school_holiday"
    NO_HEAD_COUNT = "no_head_count"
    LATE = "late"


class LateMeasure(StrEnum):
    """What is said of a visit that came out differently after its week was closed: sums, of nobody."""

    VISITS = "visits"
    ATTENDANCE = "attendance"
    CONTACTS = "contacts"
    SALES_YEN = "sales_yen"
    RECEIPTS = "receipts"
    TICKETS_ISSUED = "tickets_issued"
    TICKETS_REDEEMED = "tickets_redeemed"
    TILL_DIFFERENCE_YEN = "till_difference_yen"


class PackForm(StrEnum):
    JSON = "json"
    CSV = "csv"
    PDF = "pdf"
    ZIP = "zip"  # all of them, the PDF in both languages


class ReportForm(StrEnum):
    JSON = "json"
    CSV = "csv"
    VISITS = "visits"  # a CSV, too: one row a visit
    XLSX = "xlsx"
    PDF = "pdf"
    HTML = "html"


class ReportEvent(StrEnum):
    """What somebody may be told of by itself."""

    WEEK_CLOSED = "week.closed"
    WEEK_RESTATED = "week.restated"
    WEEK_RELEASED = "week.released"


class DeliveryEvent(StrEnum):
    """What is delivered: one of these, or a trial that somebody asked for."""

    WEEK_CLOSED = "week.closed"
    WEEK_RESTATED = "week.restated"
    WEEK_RELEASED = "week.released"
    PING = "ping"


class DeliveryChannel(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"


class DeliveryStatus(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Tongue(StrEnum):
    """What a mail is written in."""

    JA = "ja"
    EN = "en"
