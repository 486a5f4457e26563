"""From a chart to a file's content in one of the formats."""

from __future__ import annotations

from html import escape

from sopflow.rendering._themes import THEMES, Theme
from sopflow.rendering.formats._png import png_of
from sopflow.rendering.formats._svg import FONTS, _name, _number
from sopflow.rendering.formats._templates import template
from sopflow.rendering.gantt._chart import Chart, Row
from sopflow.rendering.gantt._compose import Page, compose
from sopflow.rendering.gantt._words import word

#: What a chart can be written as.
FORMATS = ("svg", "png", "html")


def draw(chart: Chart, *, format: str = "svg", theme: str = "light", scale: float = 2.0) -> str | bytes:
    """``chart`` as ``svg`` or ``html`` (text) or ``png`` (bytes; ``scale`` pixels for each of the picture's).

    Raises UsageError (SOP803) where a PNG is asked for and the extra ``png`` is not installed.
    """
    page, colors = compose(chart), THEMES[theme]
    drawn = _svg(page, colors)
    match format:
        case "svg":
            return drawn
        case "png":
            return png_of(drawn, page.width, page.height, scale)
        case "html":
            return _html(chart, drawn, colors)
        case _:
            raise ValueError(f"no format of charts: {format}")


def _svg(page: Page, theme: Theme) -> str:
    return template("gantt.svg.jinja").render(p=page, t=theme, fonts=FONTS, n=_number, name=_name)


_STYLE = """
body{{margin:0;padding:1.2rem;background:{page};color:{ink};font:14px/1.5 {fonts}}}
figure{{margin:0;overflow-x:auto}} svg{{max-width:none;height:auto}}
table{{border-collapse:collapse;margin:1rem 0}}
th,td{{text-align:start;padding:.25rem .8rem;border-bottom:1px solid {rule}}}
th{{color:{soft};font-weight:500}} tr.heading td{{background:{phase}}} tr.critical td:first-child{{color:{no}}}
@media print{{details{{display:none}}}}
"""
_COLUMNS = ("start", "end", "latest", "due")


def _html(chart: Chart, svg: str, theme: Theme) -> str:
    """A page of its own: the picture, and its dates as a table for those who cannot see it or want to copy them."""
    lang = chart.language
    colors = {name: getattr(theme, name) for name in ("page", "ink", "rule", "soft", "phase", "no")}
    heads = [word("step", lang), word("who", lang), *(word(name, lang) for name in _COLUMNS)]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "\n".join(_table_row(chart, row) for row in chart.rows)
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(chart.title)}</title>\n'
        f"<style>{_STYLE.format(fonts=FONTS, **colors)}</style>\n</head>\n<body>\n<figure>\n{svg.strip()}\n</figure>\n"
        f"<details>\n<summary>{escape(word('dates', lang))}</summary>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</details>\n</body>\n</html>\n"
    )


def _table_row(chart: Chart, row: Row) -> str:
    times = ((row.start, row.end, row.latest, row.due)) if row.kind == "step" else (row.start, row.end, None, None)
    cells = [row.title, chart.lanes.get(row.lane, row.lane), *(f"{at:%Y-%m-%d %H:%M}" if at else "" for at in times)]
    kind = " ".join(filter(None, (row.kind, "critical" if row.critical else "")))
    return f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
