"""How errors look on the wire: application/problem+json, RFC 9457, with codes."""

from typing import ClassVar

from marshmallow import fields

from schemas.base import Out
from schemas.fields import Nested


class FaultOut(Out):
    path = fields.String(metadata={"description": "JSON pointer into the body, or ?name in the query."})
    code = fields.String()
    detail = fields.String(metadata={"description": "For a person, in the language of the request."})


class ProblemOut(Out):
    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    detail = fields.String()
    errors = fields.List(Nested(FaultOut))
    request_id = fields.String()

    example: ClassVar = {
        "type": "urn:outreach:problem:invalid",
        "title": "Unprocessable Content",
        "status": 422,
        "code": "invalid",
        "detail": "入力に誤りがあります。",
        "errors": [{"path": "/lines/0/quantity", "code": "too_small", "detail": "小さすぎます（1以上）。"}],
        "request_id": "b7f1d2a09c3e",
    }
