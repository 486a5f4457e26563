"""The picture as a page: one file that needs no network, to look around in, to search, to read each step's card.

The picture is the SVG, in both themes at once. Nothing of a definition ever stands in the script or in the style, and
the page's policy lets these two run and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from sopflow.rendering._cards import Book, book_of
from sopflow.rendering._drawing import Drawing
from sopflow.rendering._geometry import Geometry
from sopflow.rendering._themes import DARK, LIGHT, Theme
from sopflow.rendering.formats._svg import FONTS, _name, svg

if TYPE_CHECKING:
    from jinja2 import Template

_COLOUR = re.compile(r'(?<=(?:fill|roke)=")#[0-9a-f]{6}(?=")')
_TOLD = re.compile(r"<title>[^<]*</title>\n?")  # tooltips of nodes, whose cards say more
#: Colours of the page that no picture has.
_LINKS = {"light": "#1d4ed8", "dark": "#93c5fd"}
_WORDS = {
    "search": ("Search steps, roles, ids", "搜索步骤、角色、标识"), "results": ("Found", "搜索结果"),
    "nothing": ("nothing found", "没有找到"), "previous": ("Previous", "上一个"), "next": ("Next", "下一个"),
    "contents": ("Outline", "目录"), "outline": ("Outline of all steps", "全部步骤目录"),
    "to-outline": ("Go to the outline", "跳到目录"), "picture": ("Picture", "流程图"), "panel": ("Step", "步骤详情"),
    "tools": ("View", "视图"), "in": ("Larger", "放大"), "out": ("Smaller", "缩小"), "fit": ("All of it", "显示全图"),
    "scale": ("Actual size", "实际大小"), "language": ("Language", "语言"), "theme": ("Light or dark", "浅色或深色"),
    "help": ("Keys", "快捷键"), "close": ("Close", "关闭"), "walk": ("along the ways", "沿路径移动"),
    "tab": ("from step to step", "逐个步骤移动"), "open": ("open a step", "打开步骤"),
    "pan": ("move the picture", "移动画面"),
}  # fmt: skip
#: What the help lists: keys, and the word for what they do.
_SHORTCUTS = (
    (("/",), "search"), (("Enter", "Shift+Enter"), "next"), (("Tab",), "tab"), (("←", "↑", "→", "↓"), "walk"),
    (("Enter",), "open"), (("Esc",), "close"), (("Shift+←↑→↓",), "pan"), (("+", "-"), "in"), (("0",), "fit"),
    (("1",), "scale"), (("o",), "contents"), (("d",), "theme"), (("?",), "help"),
)  # fmt: skip
_NAMES = {
    "en": "English", "zh": "中文", "zh-Hans": "简体中文", "zh-Hant": "繁體中文", "ja": "日本語", "ko": "한국어",
    "de": "Deutsch", "fr": "Français", "es": "Español", "pt": "Português", "ru": "Русский", "ar": "العربية",
}  # fmt: skip
#: Signs of sixteen by sixteen pixels, drawn with lines.
_SIGNS = {
    "contents": "M2 4H14M2 8H14M2 12H14", "previous": "M4 10L8 6L12 10", "next": "M4 6L8 10L12 6",
    "in": "M8 3V13M3 8H13", "out": "M3 8H13", "fit": "M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10",
    "theme": "M13 9.5A5.5 5.5 0 1 1 6.5 3A4.5 4.5 0 0 0 13 9.5Z", "close": "M4 4L12 12M12 4L4 12",
    "help": "M5.5 6A2.5 2.5 0 1 1 8.8 8.4C8 8.8 8 9.4 8 10M8 12.6V12.7",
}  # fmt: skip


def html(drawing: Drawing) -> str:
    """The picture as the text of an HTML file."""
    from markupsafe import Markup  # noqa: PLC0415  # only who draws pays for it

    book = book_of(drawing)
    picture, colours = _in_both_themes(drawing)
    style = _style(colours, len(book.languages)) + _file("page.css")
    script = _file("page.js")
    words = [{name: said[lang.startswith("zh")] for name, said in _WORDS.items()} for lang in book.languages]
    home = next(at for at, card in enumerate(book.cards) if card.key == f"sop:{drawing.parts[0][1].name}")
    return _template().render(
        book=book, languages=book.languages, geometry=drawing.geometry, dark=drawing.theme.name == "dark",
        home=home, titles=[told.title for told in book.cards[home].told], words=words, shortcuts=_SHORTCUTS,
        names=_NAMES, signs=_SIGNS, fonts=FONTS, name=_name, fragment=lambda key: quote(key, safe="/="),
        picture=Markup(picture), style=Markup(style), script=Markup(script),  # noqa: S704  # ours, and what `svg` escaped
        data=Markup(_data(book, drawing.geometry, words)),  # noqa: S704  # escaped there
        policy=_policy(style, script),
    )  # fmt: skip


def _in_both_themes(drawing: Drawing) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The SVG with a variable for each pair of a light colour and the dark one in its place, and those pairs.

    It is drawn in both themes and the two are put together, so this holds for whatever is drawn.
    """
    light, dark = (_TOLD.sub("", svg(_in_theme(drawing, theme))) for theme in (LIGHT, DARK))
    pairs = list(zip(_COLOUR.findall(light), _COLOUR.findall(dark), strict=True))
    known = {pair: f"var(--c{at})" for at, pair in enumerate(dict.fromkeys(pairs))}
    following = iter(pairs)
    return _COLOUR.sub(lambda _: known[next(following)], light), tuple(known)


def _in_theme(drawing: Drawing, theme: Theme) -> Drawing:
    """The same drawing in another theme; its geometry, which has no colours, is not worked out again."""
    other = replace(drawing, theme=theme)
    vars(other)["geometry"] = drawing.geometry
    return other


def _style(colours: tuple[tuple[str, str], ...], languages: int) -> str:
    """The variables of both themes, and what hides the texts of the languages that are not shown.

    Light is the rule; dark is for screens only, so that paper is always light.
    """

    def palette(theme: Theme, at: int) -> str:
        named = {one.name: getattr(theme, one.name) for one in fields(theme)}
        own = {name.replace("_", "-"): value for name, value in named.items() if str(value).startswith("#")}
        own |= {"link": _LINKS[theme.name]} | {f"c{number}": pair[at] for number, pair in enumerate(colours)}
        scheme = f"color-scheme: {theme.name}; "
        return "{ " + scheme + "".join(f"--{name}: {value}; " for name, value in own.items()) + "}\n"

    rules = [f":root {{ --fonts: {FONTS}; }}\n:root ", palette(LIGHT, 0)]
    rules += [
        "@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) ",
        palette(DARK, 1),
        "}\n",
    ]
    rules += ["@media screen { :root[data-theme=dark] ", palette(DARK, 1), "}\n"]
    rules += [f'[data-language="{at}"] [data-l]:not([data-l="{at}"]) {{ display: none; }}\n' for at in range(languages)]
    return "".join(rules)


def _data(book: Book, geometry: Geometry, words: list[dict[str, str]]) -> str:
    """What the script must know and cannot see, as JSON in which no sign of markup is left."""
    nodes = [node.id for sheet in geometry.sheets for node in sheet.nodes]
    number = {id: at for at, id in enumerate(nodes)}
    made: Mapping[str, object] = {
        "languages": book.languages,
        "words": words,
        "nodes": [book.cards_of.get(id) for id in nodes],
        "ways": [[_name("e", edge), number.get(one), number.get(two)] for edge, one, two in book.ways],
        "sheets": [_name("sheet", sheet.id) for sheet in geometry.sheets],
        "strips": [
            [_name("strip", strip.id), book.cards_of[strip.id]]
            for sheet in geometry.sheets
            for strip in sheet.strips
            if strip.id in book.cards_of
        ],
    }
    text = json.dumps(made, ensure_ascii=True, separators=(",", ":"))
    return re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _policy(style: str, script: str) -> str:
    """The page's content security policy (CSP Level 3): our style and our script by their hashes, and nothing else."""
    sums = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{sums[0]}'; script-src 'sha256-{sums[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _file(name: str) -> str:
    return (files("sopflow.rendering") / "templates" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415  # only who draws pays for it

    environment = Environment(
        autoescape=True, loader=FunctionLoader(_file), lstrip_blocks=True, trim_blocks=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html.jinja")
