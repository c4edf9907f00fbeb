"""A receipt as a page of its own: on a phone as wide as that, on paper 80 mm. No script, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape

from outreach_api.kernel.text import without_direction
from outreach_api.messages import Language
from outreach_api.sales.paper.wording import Paper, Row

_STYLE = """@page { size: 80mm 250mm; margin: 4mm; }
* { box-sizing: border-box; }
body { font: 16px/1.5 'Hiragino Kaku Gothic ProN','Yu Gothic','Noto Sans CJK JP','IPAexGothic',sans-serif;
 color: #000; background: #fff; margin: 0; }
main { max-width: 26rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4em; text-align: center; letter-spacing: .3em; margin: 0 0 .5em; }
p { margin: 0; overflow-wrap: anywhere; }
.notice { border: 2px solid #000; padding: .4em; margin: .6em 0 0; text-align: center; font-weight: 700; }
table { width: 100%; border-collapse: collapse; border-top: 1px dashed #000; margin-top: .6em; }
th { text-align: left; font-weight: 400; overflow-wrap: anywhere; padding: .1em .6em .1em 0; }
td { text-align: right; white-space: nowrap; vertical-align: bottom; padding: .1em 0; }
.strong th, .strong td { font-weight: 700; font-size: 1.15em; }
.small th, .small td { font-size: .88em; padding-left: 1em; }
footer { border-top: 1px dashed #000; margin-top: .6em; padding-top: .4em; font-size: .88em; }
@media print { body { font-size: 10pt; } main { max-width: 72mm; margin: 0; padding: 0; } }
"""
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
"""What the page's own style is allowed by, in its Content-Security-Policy."""


def receipt_page(paper: Paper, lang: Language) -> str:
    """The whole page; every word from outside is escaped."""
    notice = "" if paper.notice is None else f'<p class="notice">{_safe(paper.notice)}</p>'
    blocks = "\n".join(f"<table>{''.join(map(_row, block))}</table>" for block in paper.blocks)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{_safe(paper.title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n<h1>{_safe(paper.title)}</h1>\n"
        f"{_paragraphs(paper.head)}{notice}\n{blocks}\n"
        f"<footer>{_paragraphs(paper.foot)}</footer>\n</main></body></html>\n"
    )


def _row(row: Row) -> str:
    kind = ' class="strong"' if row.strong else ' class="small"' if row.small else ""
    return f'<tr{kind}><th scope="row">{_safe(row.words.strip())}</th><td>{_safe(row.amount)}</td></tr>'


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{_safe(words)}</p>" for words in lines)


def _safe(words: str) -> str:
    return escape(without_direction(words))
