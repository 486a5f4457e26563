"""PDF from pictures on pages of paper, by typst: lines stay lines, words stay words that can be found and copied.

Only those characters of our font are in the file that the picture has. Knows pages, nothing of SOPs.
"""

from __future__ import annotations

import importlib
import json
from importlib.resources import as_file, files

from sopflow.errors import Finding, UsageError
from sopflow.rendering._drawing import Drawing
from sopflow.rendering._paper import paper
from sopflow.rendering._printed import Page, Piece, pages_of
from sopflow.rendering._themes import Theme
from sopflow.rendering.formats._png import FAMILY, FONT, lacking
from sopflow.rendering.formats._svg import svg_of


def pdf(drawing: Drawing) -> bytes:
    """The picture as PDF: a bookmark for each sheet, pages of the size that was asked for, the same bytes each time.

    Raises UsageError (SOP803) where the extra ``pdf`` is not installed.
    """
    try:
        typst = importlib.import_module("typst")
    except ImportError:
        raise UsageError(Finding("SOP803", fields={"format": "pdf", "extra": "pdf"})) from None
    geometry, theme = drawing.geometry, drawing.theme
    pages = pages_of(geometry, paper(drawing.view.page) if drawing.view.page else None)
    parts: dict[str, bytes] = {}
    said = {
        "title": geometry.title,
        "lang": geometry.language.partition("-")[0],
        "font": FAMILY,
        "soft": theme.soft,
        "ground": theme.page,
        "pages": [_page(page, theme, parts) for page in pages],
    }
    templates = files("sopflow.rendering") / "templates"
    main = {"main.typ": (templates / "pages.typ").read_bytes(), "pages.json": json.dumps(said).encode()}
    strange = any(lacking(part.decode()) for part in parts.values())
    with as_file(files("sopflow.rendering") / "fonts" / FONT) as font:
        return bytes(
            typst.compile(
                main | parts, format="pdf", font_paths=[str(font.parent)], ignore_system_fonts=not strange, timestamp=0
            )
        )


def _page(page: Page, theme: Theme, parts: dict[str, bytes]) -> dict[str, object]:
    return {
        "width": page.width,
        "height": page.height,
        "title": page.title,
        "goes_on": page.goes_on,
        "pieces": [_piece(piece, theme, parts) for piece in page.pieces],
    }


def _piece(piece: Piece, theme: Theme, parts: dict[str, bytes]) -> dict[str, object]:
    """A piece as typst is told of it; its SVG is put among ``parts``."""
    drawn = svg_of(piece.geometry, theme, piece.box).encode()
    file = next((name for name, part in parts.items() if part == drawn), f"{len(parts)}.svg")
    parts[file] = drawn
    return {
        "file": file,
        "x": piece.x,
        "y": piece.y,
        "width": piece.box[2] * piece.scale,
        "height": piece.box[3] * piece.scale,
    }
