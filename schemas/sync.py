"""Push and pull on the wire: how phones send what they kept and get what they need."""

from typing import ClassVar

from marshmallow import fields

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import Flag, Id, Instant, Many, Nested, Number, QueryWhole, Text, Whole
from schemas.problem import FaultOut
from schemas.visits import HeadCountIn, WarningOut

MOST_OPERATIONS = 500
KIND_FORM = "[a-z_]+[.][a-z_]+"


class OperationIn(WireSchema):
    """One change as the phone kept it. Unknown envelope keys are refused like any others."""

    op_id = Id(required=True, metadata={"description": "Made once by the phone; a resend keeps it."})
    kind = Text(
        60,
        form=KIND_FORM,
        required=True,
        metadata={"description": "As x-kind of the matching operation says."},
    )
    v = Whole(1, 1_000, load_default=1, metadata={"description": "Version of the kind's payload."})
    entity_id = Id(required=True)
    base_version = Whole(
        0,
        load_default=None,
        metadata={"description": "The version that was seen; 0: nobody has written it yet."},
    )
    occurred_at = Instant(required=True, metadata={"description": "By the phone's clock."})
    payload = fields.Dict(keys=fields.String(), required=True)


class PushIn(WireSchema):
    sent_at = Instant(required=True, metadata={"description": "By the phone's clock, when it sends."})
    operations = Many(Nested(OperationIn), MOST_OPERATIONS, required=True)

    example: ClassVar = {
        "sent_at": "2026-11-28T06:40:00Z",
        "operations": [
            {
                "op_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                "kind": "head_count.add",
                "v": 1,
                "entity_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                "occurred_at": "2026-11-28T02:10:00Z",
                "payload": HeadCountIn.example,
            }
        ],
    }


class ResultOut(Out):
    index = Whole(0, metadata={"description": "Position in the push."})
    op_id = Id(allow_none=True, metadata={"description": "Null when it can't be read."})
    result = fields.String(metadata={"enum": ["applied", "duplicate", "conflict", "rejected", "retry"]})
    original = fields.String(
        allow_none=True,
        metadata={
            "enum": ["applied", "conflict", "rejected", None],
            "description": "How it ended when it came first.",
        },
    )
    code = fields.String(allow_none=True)
    detail = fields.String(allow_none=True, metadata={"description": "For the crew."})
    errors = Many(Nested(FaultOut), 1_000)
    entity_id = Id(allow_none=True)
    version = Whole(1, allow_none=True)
    change_no = Whole(1, allow_none=True)
    warnings = Many(Nested(WarningOut), 100)
    retry_after_seconds = Whole(1, allow_none=True)


class PushOut(Out):
    server_time = Instant()
    epoch = Id(metadata={"description": "Changes when the server was restored from a backup."})
    skew_seconds = Number(-1e12, 1e12, metadata={"description": "Server clock minus phone clock."})
    clock_suspect = Flag(metadata={"description": "The clocks differ by more than ten minutes."})
    results = Many(Nested(ResultOut), MOST_OPERATIONS)

    example: ClassVar = {
        "server_time": "2026-11-28T06:40:01Z",
        "epoch": "5c1e0c54-4f5f-4a4d-9f39-1a2b3c4d5e6f",
        "skew_seconds": 1.0,
        "clock_suspect": False,
        "results": [
            {
                "index": 0,
                "op_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                "result": "applied",
                "original": None,
                "code": None,
                "detail": None,
                "errors": [],
                "entity_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                "version": 1,
                "change_no": 4711,
                "warnings": [],
                "retry_after_seconds": None,
            }
        ],
    }


class PullQuery(PageQuery):
    limit = QueryWhole(1, 500, load_default=200)


class PulledOut(Out):
    kind = fields.String(metadata={"description": "stop, plan, visit, item, destination, follow_up, …"})
    id = Id()
    change_no = Whole(1)
    gone = Flag(metadata={"description": "Forget it: deleted, or no longer this device's."})
    data = fields.Dict(
        allow_none=True,
        metadata={"description": "As the kind's own address answers; null when gone."},
    )


class PullOut(Out):
    server_time = Instant()
    epoch = Id()
    items = Many(Nested(PulledOut), 500)
    cursor = fields.String(metadata={"description": "Keep it; give it back for what changes after this."})
    more = Flag(metadata={"description": "Ask again at once: there is more."})

    example: ClassVar = {
        "server_time": "2026-11-28T06:40:02Z",
        "epoch": "5c1e0c54-4f5f-4a4d-9f39-1a2b3c4d5e6f",
        "items": [
            {
                "kind": "stop",
                "id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
                "change_no": 17,
                "gone": True,
                "data": None,
            }
        ],
        "cursor": "Zm9yIGV4YW1wbGU",
        "more": False,
    }
