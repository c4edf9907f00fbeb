"""Fields whose form leaves no room for a person: card words and numbers, references, addresses of the web."""

import re
from typing import Any

from schemas.fields import Coded, Text

# Things of field and kitchen, none of them a given name: a card word finds a person again and names nobody.
CARD_WORDS = (
    "うさぎ",
    "きつね",
    "たぬき",
    "くじら",
    "いるか",
    "らっこ",
    "ぺんぎん",
    "ふくろう",
    "つばめ",
    "めじろ",
    "かえる",
    "とんぼ",
    "ばった",
    "てんとうむし",
    "どんぐり",
    "まつぼっくり",
    "たんぽぽ",
    "りんご",
    "みかん",
    "ぶどう",
    "すいか",
    "とまと",
    "だいこん",
    "にんじん",
    "かぼちゃ",
    "たけのこ",
    "しいたけ",
    "おにぎり",
    "ふうせん",
    "けんだま",
    "たけとんぼ",
    "かざぐるま",
)


class Form(Text):
    """Text of one fixed form; `code` says what it should look like."""

    def __init__(self, pattern: str, code: str, longest: int, **kwargs: Any) -> None:
        metadata = {"pattern": f"^(?:{pattern})$", **kwargs.pop("metadata", {})}
        super().__init__(longest, metadata=metadata, **kwargs)
        self._form, self._code = re.compile(pattern, re.ASCII), code

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not self._form.fullmatch(text):
            raise Coded(self._code)
        return text


_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
_HTTPS = rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]*)?"
_TEL = r"[+]?[0-9][0-9#* ()-]{1,22}"


class WebAddress(Form):
    """An https address, and nothing that a browser would run."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_HTTPS, "not_https", 300, **kwargs)


class WebhookAddress(Form):
    """Where a webhook goes: whether http or a short name will do is for the settings to say."""

    def __init__(self, **kwargs: Any) -> None:
        name = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
        path = r"(?:[/?][A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?"
        super().__init__(rf"https?://{name}(?::[1-9][0-9]{{0,4}})?{path}", "not_https", 500, **kwargs)


class QrContent(Form):
    """What a QR code may hold: an https address or tel: with digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rf"{_HTTPS}|tel:[+]?[0-9-]{{3,20}}", "not_qr", 300, **kwargs)


class Telephone(Form):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_TEL, "not_phone", 24, **kwargs)


class Email(Form):
    """An e-mail address as mail servers take them everywhere: no quotes, no comments, no other letters than ASCII."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rf"[A-Za-z0-9._%+-]{{1,64}}@{_HOST}", "not_email", 200, **kwargs)


class CardNumber(Form):
    """A stamp card's random number: six of Crockford's base 32 (no I, L, O, U), in capitals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("[0-9A-HJKMNP-TV-Z]{6}", "not_card", 6, **kwargs)


class CardWord(Form):
    """A random word of the list with two digits, such as つばめ27."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(f"(?:{'|'.join(CARD_WORDS)})[0-9]{{2}}", "not_card_word", 12, **kwargs)


class CaseReference(Form):
    """An opaque reference of the casework system: capitals, digits, hyphens, at least one digit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("(?=[A-Z-]*[0-9])[A-Z0-9][A-Z0-9-]{2,23}", "not_case_ref", 24, **kwargs)
