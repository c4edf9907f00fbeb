"""A link as a QR code: for a page (SVG), and for a console."""

from __future__ import annotations

import io

import segno


def qr_svg(link: str, title: str = "電話を登録する QR コード · QR code to pair a phone") -> str:
    """An SVG that scales to what holds it, dark on light with its quiet zone."""
    made = io.BytesIO()
    segno.make_qr(link, error="m").save(
        made,
        kind="svg",
        border=4,
        light="#fff",
        omitsize=True,
        xmldecl=False,
        title=title,
        nl=False,
    )
    return made.getvalue().decode()


def qr_text(link: str) -> str:
    """For a console: two rows of the picture in one line."""
    made = io.StringIO()
    segno.make_qr(link, error="l").terminal(made, compact=True, border=2)
    return made.getvalue()
