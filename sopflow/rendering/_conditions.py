"""Conditions in the short form of a picture, with titles for names: ``重量级 或 重要``. Cards say them as sentences.

Knows the text of conditions and what readers call the things in them; no definitions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = r"[A-Za-z_]\w*(?:\.\w+)*"
_QUOTED = r"'[^']*'|\"[^\"]*\""
#: ``known(x) && x``: the second part says the first. Not where x is negated: then it matters.
_SAID_TWICE = re.compile(rf"known\(({_NAME})\)\s*&&\s*(?=\1(?![\w.(]))")
#: All that is said in other words, in one pass: what a title brings along is never read as a condition.
_TOKEN = re.compile(
    rf"(?P<member>{_QUOTED}|{_NAME})\s+in\s+(?P<list>{_NAME})"
    rf"|(?P<quoted>{_QUOTED})"
    rf"|(?P<undone>!)?\bsteps\.(?P<done>[\w.]+)\.done\b"
    rf"|\bsteps\.(?P<verdict>[\w.]+)\.(?:verdict|outcome|answer)\b"
    rf"|(?P<unknown>!)?\bknown\((?P<known>{_NAME})\)"
    rf"|\bsize\((?P<size>{_NAME})\)"
    rf"|!(?P<false>{_NAME})(?![\w.(])"
    rf"|(?P<name>{_NAME})"
    rf"|(?P<sign>&&|\|\||[=!<>]=|!)"
)
_SAID = {
    "member": ("{list} includes {item}", "{list} 含 {item}"),
    "done": ("‘{}’ done", "“{}”已完成"), "undone": ("‘{}’ not done", "“{}”未完成"),
    "verdict": ("‘{}’", "“{}”"), "known": ("{} is known", "已知{}"), "unknown": ("{} is unknown", "未知{}"),
    "size": ("number of {}", "{}的项数"), "false": ("not ‘{}’", "“{}”为否"),
}  # fmt: skip
_NAMES = {"today": ("today", "今天"), "now": ("now", "现在"), "true": ("yes", "是"), "false": ("no", "否")}
_SIGNS = {
    "&&": (" and ", " 且 "), "||": (" or ", " 或 "), "==": (" = ", " = "), "!=": (" ≠ ", " ≠ "), ">=": (" ≥ ", " ≥ "),
    "<=": (" ≤ ", " ≤ "), "!": ("not ", "非"),
}  # fmt: skip


def in_short(text: str, titles: Mapping[str, str], labels: Mapping[str, str], *, chinese: bool) -> str:
    """The condition ``text`` for a picture; ``titles`` are those of names, ``labels`` those of values."""

    def titled(name: str) -> str:
        return titles.get(name) or (_NAMES[name][chinese] if name in _NAMES else name)

    def step(name: str) -> str:
        path = name.replace("_", "-")
        return titles.get(path) or titles.get(path.rpartition(".")[2], name)

    def valued(item: str) -> str:
        return labels.get(item[1:-1], item[1:-1] or item) if item[:1] in "'\"" else titled(item)

    def token(found: re.Match[str]) -> str:
        match {kind: said for kind, said in found.groupdict().items() if said is not None}:
            case {"member": member, "list": listed}:
                return _SAID["member"][chinese].format(list=titled(listed), item=valued(member))
            case {"quoted": quoted}:
                return valued(quoted)
            case {"done": name, **undone}:
                return _SAID["undone" if undone else "done"][chinese].format(step(name))
            case {"verdict": name}:
                return _SAID["verdict"][chinese].format(step(name))
            case {"known": name, **unknown}:
                return _SAID["unknown" if unknown else "known"][chinese].format(titled(name))
            case {"size": name}:
                return _SAID["size"][chinese].format(titled(name))
            case {"false": name}:
                return _SAID["false"][chinese].format(titled(name))
            case {"name": name}:
                return titled(name)
            case {"sign": sign}:
                return _SIGNS[sign][chinese]
        return found[0]

    return " ".join(_TOKEN.sub(token, _SAID_TWICE.sub("", text)).split())
