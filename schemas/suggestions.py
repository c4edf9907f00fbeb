"""Suggestions of the planner on the wire: what is asked, how far it is, its days, and why the others are not in."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.calendar import AREA, HolidayTold
from schemas.fields import Coded, Day, Flag, Id, Instant, LocalTime, Many, Nested, Number, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import (
    VAN_IS_BACK,
    VAN_LEAVES,
    HolidayDays,
    ScorePart,
    SuggestionAim,
    SuggestionStatus,
    SuggestionStep,
)

_STOP = "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"
_OTHER = "1c1f7d2f-1e6f-4a1f-8e1b-6b4f4b2d8b12"
_VAN = "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a"
_STOPS_MOST = 500
_VANS_MOST = 20
_DAYS_MOST = 62


_HOLIDAYS = "skip: vans stay in; days_off says so. only: they go out on such days alone; where both kinds are so, on either."


class SuggestionIn(WireSchema):
    """Which days, vans and stops; all of them where nothing is said. Times are local."""

    from_day = Day(required=True)
    to_day = Day(required=True, metadata={"description": f"Included; at most {_DAYS_MOST} days in all."})
    weekdays = Many(
        Whole(0, 6),
        7,
        load_default=None,
        metadata={"description": "Days of the week on which vans go out; 0 is Monday. Default: every day."},
    )
    public_holidays = Word(HolidayDays, load_default=HolidayDays.ANY, metadata={"description": _HOLIDAYS})
    school_holidays = Word(HolidayDays, load_default=HolidayDays.ANY, metadata={"description": _HOLIDAYS})
    school_area = Text(
        AREA,
        load_default=None,
        metadata={"description": "Whose school holidays; without it, those of all schools alone."},
    )
    van_ids = Many(Id(), _VANS_MOST, load_default=None, metadata={"description": "Default: vans in use."})
    stop_ids = Many(
        Id(),
        _STOPS_MOST,
        load_default=None,
        metadata={"description": "Candidates. Default: stops that their hosts agreed to."},
    )
    must = Many(Id(), _STOPS_MOST, load_default=list, metadata={"description": "Visited once if it can be."})
    never = Many(Id(), _STOPS_MOST, load_default=list)
    leave_after = LocalTime(
        load_default=None, metadata={"description": "A van leaves no earlier. Default: 08:00."}
    )
    back_by = LocalTime(load_default=None, metadata={"description": "And is back by then. Default: 19:00."})
    shift_minutes = Whole(
        60,
        960,
        load_default=None,
        metadata={"description": "From leaving to being back. Default and most: OUTREACH_SHIFT_MINUTES."},
    )
    apart_days = Whole(
        1,
        366,
        load_default=None,
        metadata={
            "description": "Between two visits of a stop; less for one that wants visits oftener (`max_days_between`). "
            "Default: OUTREACH_APART_DAYS."
        },
    )
    seconds = Whole(
        1,
        600,
        load_default=10,
        metadata={
            "description": "By the clock on the wall. The search takes no longer, but for a first plan (some tenths of a second "
            "of processor time) and a last round of single exchanges (as long again), which are counted, not timed: on "
            "a machine that does nine things at once they take nine times as long, and fewer steps are done. Reading, "
            "drives and reasons come on top; progress says where it is."
        },
    )
    iterations = Whole(
        1,
        100_000,
        load_default=400,
        metadata={
            "description": "Steps of the search. An answer that did not run out of time can be had again with the "
            "same seed; one that did, with its `iterations`."
        },
    )
    seed = Whole(0, 2**31 - 1, load_default=1)

    example: ClassVar = {
        "from_day": "2026-12-01",
        "to_day": "2026-12-07",
        "weekdays": [2, 5],
        "must": [_STOP],
    }

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        hours = data["leave_after"] or VAN_LEAVES, data["back_by"] or VAN_IS_BACK
        if data["to_day"] < data["from_day"] or hours[1] <= hours[0]:
            raise Coded("wrong_order")
        if (data["to_day"] - data["from_day"]).days >= _DAYS_MOST:
            raise Coded("too_many_days", most=_DAYS_MOST)
        if set(data["must"]) & set(data["never"]):
            raise Coded("must_and_never")


class SuggestionStopIn(WireSchema):
    """Stop a suggestion that runs."""

    example: ClassVar[dict[str, Any]] = {}


class SuggestionAdoptIn(WireSchema):
    """Which days become drafts: all of them if none are named."""

    days = Many(Day(), _DAYS_MOST, load_default=None)

    example: ClassVar = {"days": ["2026-12-02"]}


class ScorePartOut(Out):
    code = Word(ScorePart)
    amount = Number(
        0, 1e9, allow_none=True, metadata={"description": "Of what it counts: people, days, promises, steps."}
    )
    points = Whole(0)
    shared = Number(
        0,
        1e9,
        metadata={
            "description": "Of people, which another stop of the suggestion reaches: on an earlier day or hour, or, of a "
            "stop that is left out, on any. They count there, once."
        },
    )
    text = fields.String()

    example: ClassVar = {
        "code": "gap",
        "amount": 412.5,
        "points": 103,
        "shared": 0.0,
        "text": "まわりの届いていない人 412.5人",
    }


class SuggestedStayOut(Out):
    stop_id = Id()
    stop_code = Text(20)
    stop_name = Text(120)
    arrive = LocalTime()
    depart = LocalTime()
    stay_learned = Flag(
        metadata={"description": "Its length is what visits there took (median of the last six)."}
    )
    points = Whole(0)
    score = Many(Nested(ScorePartOut), 10)

    example: ClassVar = {
        "stop_id": _STOP,
        "stop_code": "K07",
        "stop_name": "馬橋 ひだまり寺 境内",
        "arrive": "10:00",
        "depart": "12:00",
        "stay_learned": True,
        "points": 271,
        "score": [
            ScorePartOut.example,
            {
                "code": "days_since",
                "amount": None,
                "points": 168,
                "shared": 0.0,
                "text": "まだ訪れたことがない",
            },
        ],
    }


class NoticeOut(Out):
    """Something soft that `check` sees in a suggested day."""

    code = fields.String()
    stop_names = Many(Text(120), 30)
    cause = fields.String()
    fix = fields.String()
    numbers = fields.Dict(keys=fields.String(), values=fields.Raw())

    example: ClassVar = {
        "code": "host_not_asked",
        "stop_names": ["馬橋 ひだまり寺 境内"],
        "cause": "先方にまだ聞いていません。",
        "fix": "先方に聞いて、返事を記録してください。",
        "numbers": {},
    }


class SuggestedDayOut(Out):
    """One van on one day. `plan` is what POST /v1/plans takes."""

    local_day = Day()
    van_id = Id()
    van_name = Text(60)
    leaves = LocalTime()
    back = LocalTime()
    pause_from = LocalTime(allow_none=True)
    pause_to = LocalTime(allow_none=True)
    drive_minutes = Whole(0)
    estimated_legs = Whole(0, metadata={"description": "Drives that no road service knew: estimates."})
    points = Whole(0)
    holidays = Many(
        Nested(HolidayTold),
        1_000,
        metadata={"description": "What holiday the day is; nothing is scored by it."},
    )
    stays = Many(Nested(SuggestedStayOut), 30)
    notices = Many(
        Nested(NoticeOut), 500, metadata={"description": "What `check` would see to; none is hard."}
    )
    plan = fields.Dict(keys=fields.String(), values=fields.Raw())
    plan_id = Id(allow_none=True, metadata={"description": "The draft that was made of it."})

    example: ClassVar = {
        "local_day": "2026-12-02",
        "van_id": _VAN,
        "van_name": "くるくる1号",
        "leaves": "09:12",
        "back": "12:48",
        "pause_from": None,
        "pause_to": None,
        "drive_minutes": 36,
        "estimated_legs": 2,
        "points": 271,
        "holidays": [],
        "stays": [SuggestedStayOut.example],
        "notices": [NoticeOut.example],
        "plan": {
            "van_id": _VAN,
            "local_day": "2026-12-02",
            "title": None,
            "stops": [{"stop_id": _STOP, "arrive": "10:00", "depart": "12:00"}],
        },
        "plan_id": None,
    }


class LeftOutReasonOut(Out):
    code = fields.String()
    local_day = Day(allow_none=True, metadata={"description": "The day on which least would have to change."})
    van_id = Id(allow_none=True)
    other_stop_id = Id(
        allow_none=True, metadata={"description": "The stop that it is about, besides this one."}
    )
    cause = fields.String()
    fix = fields.String(metadata={"description": "The smallest change that would let it in that day."})
    numbers = fields.Dict(keys=fields.String(), values=fields.Raw())

    example: ClassVar = {
        "code": "shift_full",
        "local_day": "2026-12-02",
        "van_id": _VAN,
        "other_stop_id": None,
        "cause": "その日はもう34分足りません（行くと74分長くなります）。",
        "fix": "勤務を34分延ばすか、ほかの滞在を短くすれば入ります。",
        "numbers": {"minutes": 34, "longer": 74},
    }


class LeftOutOut(Out):
    stop_id = Id()
    stop_code = Text(20)
    stop_name = Text(120)
    must = Flag()
    points = Whole(0)
    score = Many(Nested(ScorePartOut), 10)
    open_days = Whole(
        0, metadata={"description": "Of the days asked for, those on which nothing forbids it."}
    )
    reasons = Many(
        Nested(LeftOutReasonOut),
        20,
        metadata={
            "description": "All of them are to be mended together, but `worth_less` and `exchange_untried`: "
            "each of these is another way, by itself."
        },
    )
    advice = fields.String(metadata={"description": "How the reasons belong together."})

    example: ClassVar = {
        "stop_id": _OTHER,
        "stop_code": "K09",
        "stop_name": "小金原中央公園",
        "must": False,
        "points": 88,
        "score": [
            {"code": "days_since", "amount": 30, "points": 60, "shared": 0.0, "text": "前の訪問から30日"}
        ],
        "open_days": 2,
        "reasons": [LeftOutReasonOut.example],
        "advice": "これを直せば入ります。",
    }


class DayOffOut(Out):
    van_id = Id()
    local_day = Day()
    code = fields.String()
    cause = fields.String()

    example: ClassVar = {
        "van_id": _VAN,
        "local_day": "2026-12-05",
        "code": "van_planned",
        "cause": "この車はその日もう計画があります。",
    }


class SuggestionAnswerOut(Out):
    aim = Word(
        SuggestionAim,
        metadata={
            "description": "least_driving where every stop asked for must be visited: points can't tell plans apart then."
        },
    )
    drive_minutes = Whole(0, metadata={"description": "Of all days."})
    value = Number(
        -1e12,
        1e12,
        metadata={
            "description": "Points of the stays minus what driving takes off; whom several stops reach counts once."
        },
    )
    bound = Number(
        -1e12,
        1e12,
        allow_none=True,
        metadata={
            "description": "No plan is worth more. Null where that is more than twice the value: it says nothing then."
        },
    )
    gap = Number(
        0,
        1e12,
        allow_none=True,
        metadata={
            "description": "(bound − value) / bound: what may be missing at most. Null with the bound."
        },
    )
    proven = Flag(metadata={"description": "No plan is worth more than this one."})
    ended = fields.String(
        metadata={"description": "Why the search stopped: proven, iterations, time, cancelled."}
    )
    engine = fields.String()
    iterations = Whole(0)
    seed = Whole(0)
    roads_problem = fields.String(
        allow_none=True,
        metadata={"description": "Why the road service did not answer; drives are estimates."},
    )
    days = Many(Nested(SuggestedDayOut), _DAYS_MOST * _VANS_MOST)
    days_off = Many(Nested(DayOffOut), _DAYS_MOST * _VANS_MOST * 5)
    left_out = Many(Nested(LeftOutOut), _STOPS_MOST)

    example: ClassVar = {
        "aim": "most_points",
        "drive_minutes": SuggestedDayOut.example["drive_minutes"],
        "value": 235.0,
        "bound": 235.0,
        "gap": 0.0,
        "proven": True,
        "ended": "proven",
        "engine": "exact",
        "iterations": 12,
        "seed": 1,
        "roads_problem": None,
        "days": [SuggestedDayOut.example],
        "days_off": [DayOffOut.example],
        "left_out": [LeftOutOut.example],
    }


class SuggestionProgressOut(Out):
    step = Word(SuggestionStep)
    share = Number(0, 1, metadata={"description": "Of this step."})
    value = Number(-1e12, 1e12, allow_none=True, metadata={"description": "Of the best plan so far."})

    example: ClassVar = {"step": "search", "share": 0.4, "value": 221.0}


class SuggestionOut(Out):
    id = Id()
    version = Whole(1)
    status = Word(SuggestionStatus)
    asked = fields.Dict(keys=fields.String(), values=fields.Raw())
    progress = Nested(SuggestionProgressOut, allow_none=True)
    problem = fields.String(allow_none=True, metadata={"description": "Of a failed one, what happened."})
    answer = Nested(SuggestionAnswerOut, allow_none=True)
    created_at = Instant()
    finished_at = Instant(allow_none=True)

    example: ClassVar = {
        "id": "9f8e7d6c-5b4a-4392-8170-a6b5c4d3e2f1",
        "version": 3,
        "status": "done",
        "asked": {**SuggestionIn.example},
        "progress": None,
        "problem": None,
        "answer": SuggestionAnswerOut.example,
        "created_at": "2026-11-24T03:00:00Z",
        "finished_at": "2026-11-24T03:00:11Z",
    }


class SuggestionDoneOut(SuggestionOut):
    warnings = Many(Nested(FaultOut), 10)

    example: ClassVar = {**SuggestionOut.example, "warnings": []}


class SuggestionHeadOut(Out):
    """One of a list: without its answer."""

    id = Id()
    version = Whole(1)
    status = Word(SuggestionStatus)
    asked = fields.Dict(keys=fields.String(), values=fields.Raw())
    progress = Nested(SuggestionProgressOut, allow_none=True)
    problem = fields.String(allow_none=True)
    created_at = Instant()
    finished_at = Instant(allow_none=True)

    example: ClassVar = {name: value for name, value in SuggestionOut.example.items() if name != "answer"}


class SuggestionQuery(PageQuery):
    status = Word(SuggestionStatus, load_default=None)


class PictureQuery(Query):
    """Without a day the whole period is drawn."""

    day = Day(load_default=None)
    van_id = Id(load_default=None, metadata={"description": "Of several vans of a day; default: the first."})
