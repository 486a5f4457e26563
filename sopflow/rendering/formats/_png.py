"""PNG from SVG, by resvg, with the font that comes with us, so that Chinese is drawn on a machine without any font.

The fonts of the machine are asked only for characters that ours lacks (it has GB 2312, the common half of Big5, Latin);
everything else looks the same everywhere.
"""

from __future__ import annotations

import importlib
import re
from html import unescape
from importlib.resources import as_file, files

from sopflow.errors import Finding, UsageError
from sopflow.rendering._drawing import Drawing
from sopflow.rendering.formats._svg import svg

FONT = "NotoSansCJKsc-Regular-subset.otf"
FAMILY = "Noto Sans CJK SC"
MOST_PIXELS = 160_000_000


def png(drawing: Drawing) -> bytes:
    """The picture as PNG, ``scale`` pixels for each of its own, fewer where it would be too large for any viewer.

    Raises UsageError (SOP803) where the extra ``png`` is not installed.
    """
    return png_of(svg(drawing), drawing.geometry.width, drawing.geometry.height, drawing.scale)


def png_of(drawn: str, width: float, height: float, scale: float) -> bytes:
    """The same of an SVG of that size."""
    try:
        resvg = importlib.import_module("resvg_py")
    except ImportError:
        raise UsageError(Finding("SOP803", fields={"format": "png", "extra": "png"})) from None
    area = width * height
    if area * scale * scale > MOST_PIXELS:
        scale = (MOST_PIXELS / area) ** 0.5
    with as_file(files("sopflow.rendering") / "fonts" / FONT) as font:
        return bytes(
            resvg.svg_to_bytes(
                svg_string=drawn,
                zoom=scale,
                font_files=[str(font)],
                font_family=FAMILY,
                sans_serif_family=FAMILY,
                skip_system_fonts=not lacking(drawn),
            )
        )


def lacking(svg: str) -> str:
    """The characters of a picture that our font does not have, each once."""
    texts = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    return "".join(sorted({sign for sign in unescape(texts) if not has(sign)}))


def has(sign: str) -> bool:
    """Whether our font has ``sign``: the character sets are those that its subset was made of."""
    code = ord(sign)
    if code < 0x100:
        return True
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        pass
    else:
        return True
    try:
        return b"\xa4\x40" <= sign.encode("big5") < b"\xc6\xa1"
    except UnicodeEncodeError:
        return sign in "‘’“”…·≤≥≠→←↑↓×÷•°±–—■"
