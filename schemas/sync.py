"""Push and pull on the wire: how phones send what they kept and get what they need."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.fields import ClockDay, Coded, Flag, Id, Instant, Many, Nested, Number, QueryWhole, Text, Whole
from schemas.problem import FaultOut
from schemas.visits import HeadCountIn, WarningOut

MOST_OPERATIONS = 500
LONGEST_SEALED = 100_000
SEALED_INFO = "outreach sealed payload v1"
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
    pin = Text(
        4,
        form="[0-9]{4}",
        load_default=None,
        metadata={"description": "The PIN of who acts on a shared phone (GET /v1/shifts/{shift_id}/pins)."},
    )
    payload = fields.Dict(keys=fields.String())
    sealed = Text(
        LONGEST_SEALED,
        form="[A-Za-z0-9_-]+",
        metadata={
            "description": "Instead of payload: base64url of the key id (4 bytes) and the payload's JSON sealed "
            "to the server's public key by HPKE (RFC 9180, base mode, X25519, HKDF-SHA256, AES-256-GCM); info is "
            f"`{SEALED_INFO}`, then the 16 bytes of op_id, those of entity_id, and the kind (UTF-8)."
        },
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("payload" in data) == ("sealed" in data):
            raise Coded("payload_or_sealed")


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
    elsewhere = fields.String(
        allow_none=True,
        metadata={
            "enum": ["applied", "conflict", "rejected", None],
            "description": "With id_taken: how this very operation ended when another phone of this van sent it. "
            "Null: that phone is another van's, or sent something else under this id.",
        },
    )
    code = fields.String(allow_none=True)
    detail = fields.String(allow_none=True, metadata={"description": "What it is, for the crew."})
    fix = fields.String(allow_none=True, metadata={"description": "What would help, for the crew."})
    needs = Id(
        allow_none=True,
        metadata={"description": "With needs_rejected: the refused operation that this one stands on."},
    )
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
                "elsewhere": None,
                "code": None,
                "detail": None,
                "fix": None,
                "needs": None,
                "errors": [],
                "entity_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
                "version": 1,
                "change_no": 4711,
                "warnings": [],
                "retry_after_seconds": None,
            }
        ],
    }


class AcceptIn(WireSchema):
    """Nothing is asked."""

    example: ClassVar[dict[str, Any]] = {}


class AcceptedOut(Out):
    """How each one ended that was let in; `left` are still waiting: ask again."""

    results = Many(Nested(ResultOut), MOST_OPERATIONS)
    left = Whole(0)

    example: ClassVar = {"results": PushOut.example["results"], "left": 0}


class SealOut(Out):
    """The key that payloads may be sealed to before they wait on a phone."""

    key_id = fields.String(metadata={"description": "8 hexadecimal digits; its 4 bytes come first."})
    public_key = fields.String(metadata={"description": "X25519, 32 bytes in base64url."})
    info = fields.String()


class WarningRuleOut(Out):
    """What looks like personal data: coarse patterns for phones without a network; the server looks closer."""

    code = fields.String()
    pattern = fields.String(
        metadata={
            "description": "A regular expression as JavaScript and Python read it, for the text in NFKC, in small"
            " letters and with every dash as -; search once more with 〇零一二三四五六七八九 as digits."
        }
    )
    unless = fields.String(
        allow_none=True, metadata={"description": "A match in which this is found looks like nothing."}
    )
    detail = fields.String()


class RulesOut(Out):
    """What a phone must know by itself on an offline day."""

    seal = Nested(SealOut)
    warnings = Many(Nested(WarningRuleOut), 50)
    note_text_longest = Whole(1)
    till_tolerance_yen = Whole(0)
    tax_rounding = fields.String(metadata={"description": "floor, half_up or ceil, once a rate and receipt."})
    free_rule = fields.String(
        allow_none=True, metadata={"description": "Under which children get something free; to be shown."}
    )
    most_operations = Whole(1)
    most_body_bytes = Whole(1)

    example: ClassVar[Any] = {
        "seal": {
            "key_id": "0a1b2c3d",
            "public_key": "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
            "info": SEALED_INFO,
        },
        "warnings": [
            {
                "code": "personal_data_phone",
                "pattern": "0[0-9]{1,4}[- ]?[0-9]{1,4}[- ]?[0-9]{3,4}",
                "unless": None,
                "detail": "電話番号のようなものが入っています。消せないか見てください。",
            }
        ],
        "note_text_longest": 280,
        "till_tolerance_yen": 300,
        "tax_rounding": "floor",
        "free_rule": "小学生は駄菓子ひとつ無料",
        "most_operations": 500,
        "most_body_bytes": 2_000_000,
    }


class DigestQuery(Query):
    from_day = ClockDay(load_default=None, metadata={"description": "Default: 60 days before to_day."})
    to_day = ClockDay(load_default=None, metadata={"description": "Default: the day after today."})


class HeldOut(Out):
    """Operations of one kind and day that ended alike."""

    kind = fields.String()
    day = ClockDay(metadata={"description": "In Asia/Tokyo, of occurred_at as the phone sent it first."})
    result = fields.String(metadata={"enum": ["applied", "conflict", "rejected"]})
    count = Whole(1)
    hash = fields.String(
        metadata={
            "description": "SHA-256, hexadecimal, of the 16-byte op_ids one after another in rising order."
        }
    )
    through = Whole(1, metadata={"description": "The highest change number among them."})


class BackedUpOut(Out):
    change_no = Whole(0)
    at = Instant()


class DigestOut(Out):
    """What the server holds from this device. Equal count and hash: it holds what the phone holds."""

    server_time = Instant()
    epoch = Id()
    from_day = ClockDay()
    to_day = ClockDay()
    groups = Many(Nested(HeldOut), 100_000)
    backed_up = Nested(
        BackedUpOut,
        allow_none=True,
        metadata={
            "description": "Up to which change number a backup holds everything; null: nothing is known of one."
        },
    )

    example: ClassVar[Any] = {
        "server_time": "2026-11-28T06:40:02Z",
        "epoch": "5c1e0c54-4f5f-4a4d-9f39-1a2b3c4d5e6f",
        "from_day": "2026-11-28",
        "to_day": "2026-11-28",
        "groups": [
            {
                "kind": "head_count.add",
                "day": "2026-11-28",
                "result": "applied",
                "count": 1,
                "hash": "5e8a61f6fbd1c5bd5a3d5a5f0a6bb6f0b9f2ab8f45b3a6ad9a9c1c0f1c2d3e4f",
                "through": 4711,
            }
        ],
        "backed_up": {"change_no": 4700, "at": "2026-11-28T03:00:00Z"},
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
    rules = Nested(
        RulesOut,
        allow_none=True,
        metadata={"description": "When they changed since the cursor; null: those that the phone has stand."},
    )

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
        "rules": RulesOut.example,
    }
