"""Where somebody can be written to: e-mail addresses, LINE ids, accounts of other services.

Reads a note folded by text.py, in which all Latin letters are small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_AT = r"(?:@(?:マーク)?|アットマーク|あっとまーく|アット|あっと|[(\[【](?:at|アット|あっと)[)\]】])"
_DOT = r"(?:\s?(?:\.|。|ドット|どっと|点|[(\[]dot[)\]])\s?|\sdot\s)"
_DOMAIN = rf"[a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*{_DOT}[a-z]{{2,}}"
EMAIL = rf"(?<![a-z0-9._%+-])[a-z0-9][a-z0-9._%+-]*(?:\s{{0,2}}{_AT}\s{{0,2}}{_DOMAIN}|\sat\s[a-z0-9-]+(?:\sdot\s[a-z0-9-]+)+)"

# A name that nobody takes for a word: hana_0000, not wi-fi; it stands by itself only after "ID" or @.
_NO_FILE = r"(?![a-z0-9_-]+\.(?:pdf|jpe?g|png|docx?|xlsx?|csv)(?![a-z0-9]))"
_HANDLE = (
    rf"(?:@\s?[a-z0-9._-]{{4,30}}|{_NO_FILE}(?=[\d._-]*[a-z])(?=[a-z-]*[\d._])[a-z0-9][a-z0-9._-]{{3,29}})"
)
_ANY_HANDLE = r"@?\s?(?=[\d._-]*[a-z])[a-z0-9][a-z0-9._-]{3,29}"
_ID = r"(?:のアカウント|アカウント|の?\s?(?:id|アイディー?|あいでぃー?))"
_BRIDGE = r"[^a-z0-9@#。:/]{0,16}[:/]?[^a-z0-9@#。:/]{0,4}"


def _named_at(service: str) -> str:
    """The service and then, in the same sentence, a handle; or the handle and then the service in brackets."""
    return (
        rf"(?:{service})(?:\s?{_ID}[^a-z0-9@。]{{0,8}}{_ANY_HANDLE}|{_BRIDGE}{_HANDLE}|[^a-z0-9@#]{{0,20}}{_ID}[^a-z0-9@。]{{0,8}}{_HANDLE})"
        rf"|(?<![a-z0-9._-]){_HANDLE}\s?\((?:{service})"
    )


LINE = _named_at(r"(?<![a-z])line(?![a-z])|(?<![ァ-ヺー])ライン|らいん")
LINE_LINK = r"line\.me/[a-z0-9/~@._-]{4,}"
SERVICE = _named_at(
    r"インスタ(?:グラム)?|(?<![a-z])insta(?:gram)?|tiktok|ティックトック|twitter|ツイッター|(?<![a-z])x(?:\(|の(?:垢|アカ))"
    r"|facebook|フェイスブック|カカオ(?:トーク)?|kakao(?:talk)?|whatsapp|ワッツアップ|discord|ディスコ(?:ード)?"
    r"|telegram|wechat|微信|snapchat|スナチャ|threads|youtube|paypay|アカウント名?|垢"
)
AT_HANDLE = rf"(?<![a-z0-9]){_AT}\s?(?=[\d._]*[a-z])[a-z0-9_][a-z0-9._]{{3,29}}"

_EMAIL = re.compile(EMAIL)
_LINE_ID = re.compile(f"{LINE}|{LINE_LINK}")
_ACCOUNT = re.compile(f"{SERVICE}|{AT_HANDLE}")


def emails(folded: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _EMAIL.finditer(folded))


def line_ids(folded: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _LINE_ID.finditer(folded))


def accounts(folded: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _ACCOUNT.finditer(folded))
