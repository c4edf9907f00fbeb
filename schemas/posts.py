"""What to post for families when a stay is called off: only what was announced of it."""

from typing import ClassVar

from schemas.base import Out
from schemas.fields import Id, Text

_LONGEST = 2_000


class PostOut(Out):
    """Ready to be posted on LINE, in easy Japanese and in English.

    Null when there is nothing to post: the stay was never announced, or it is not cancelled.
    """

    plan_stop_id = Id()
    text = Text(_LONGEST, lines=True, allow_none=True)
    text_en = Text(_LONGEST, lines=True, allow_none=True)

    example: ClassVar = {
        "plan_stop_id": "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6",
        "text": "【中止（ちゅうし）の お知らせ（おしらせ）】\n11月28日（土）10:00〜13:00\n"
        "場所（ばしょ）：常盤平団地 中央広場\n\n雨（あめ）の ため、この日の 出店（しゅってん）は お休み（おやすみ）します。…",
        "text_en": "Cancelled\nSat 2026-11-28 10:00–13:00\nPlace: Tokiwadaira estate, central square\n\n…",
    }
