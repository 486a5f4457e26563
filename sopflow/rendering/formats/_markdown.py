"""Markdown as CommonMark and GitHub read it: texts that stay texts, links, tables. Knows Markdown only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

# ASCII punctuation that may begin markup; a backslash before it makes it a plain sign (CommonMark 0.31, section 2.4).
_SIGNS = re.compile(r"[\\`*_\[\]<>#|~&$!]")
_BEGINS = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+")


def text(words: str) -> str:
    """``words`` on one line, nothing of them markup, wherever they stand."""
    plain = _SIGNS.sub(lambda found: f"\\{found[0]}", _HIDDEN.sub(" ", words).strip())
    begin = _BEGINS.match(plain)
    if begin is None:
        return plain
    # A digit cannot be escaped; the point or bracket after it can.
    at = begin.end()
    return f"{plain[:at]}\\{plain[at:]}" if begin[1].isdigit() else f"\\{plain}"


def anchor(id: str) -> str:
    """A place that links can lead to, whatever a reader makes of its heading."""
    return f'<a id="{anchor_id(id)}"></a>'


def anchor_id(id: str) -> str:
    """The id of a place: of letters, digits, points and hyphens only."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", id)


def link(words: str, id: str) -> str:
    """A link to a place of this document; ``words`` are escaped already."""
    return f"[{words}](#{anchor_id(id)})"


def web(words: str, address: str) -> str:
    """A link to the web; ``words`` are escaped already."""
    quoted = quote(address, safe="%/:?#[]@!$&'()*+,;=~", errors="replace")
    return f"[{words}](<{quoted}>)"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, without the columns in which nothing stands; its cells are escaped already. No rows, no table."""
    cells = [tuple(row) for row in rows]
    used = [at for at in range(len(head)) if any(row[at] for row in cells)]
    if not used:
        return []
    lines = [head, ["---"] * len(head), *cells]
    return [*(f"| {' | '.join(line[at] for at in used)} |" for line in lines), ""]
