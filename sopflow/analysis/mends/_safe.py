"""Which findings have one mend and no other, and the change that it is.

A mend is safe where the text cannot mean anything else (it is refused as it is, and one letter makes it right), or
where it means the same without what is taken out. All else is for people: a finding says how, and they decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sopflow.analysis.mends._edit import Edit, removal, replacement, span_of
from sopflow.dsl import Document
from sopflow.errors import Finding

_WORD = re.compile(r"[A-Za-z_][\w-]*")
_BEHIND_VALUE = re.compile(r"[ \t]*(?:$|[,}\]]| #)", re.MULTILINE)
_BOOLS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
#: Lists in which an entry that stands twice counts once; of ``by`` and ``form`` that cannot be said.
_SETS = frozenset({"after", "cites", "holds", "may", "not-by", "people", "same-by", "tell"})
_SHORTEST = 3

Mend = Callable[[Finding, Document], Edit | None]


def edit_for(finding: Finding, document: Document) -> Edit | None:
    """The change that mends ``finding`` in ``document``; None where none is safe."""
    known = SAFE.get(finding.code)
    if known is None or finding.accepted or finding.place is None or finding.place.file != document.file:
        return None
    return known(finding, document)


def _respelt(wrong: str, right: str) -> Mend:
    """One name for another that is nearly the same, where no other name is; ``wrong`` and ``right`` are fields."""

    def mend(finding: Finding, document: Document) -> Edit | None:
        old, new = str(finding.fields.get(wrong) or ""), str(finding.fields.get(right) or "")
        known = f"{finding.fields.get('known') or ''} {document.text}"
        if finding.place is None or not _is_only_reading(old, new, known):
            return None
        return replacement(finding.place, document, old, new)

    return mend


def _listed(wrong: str) -> Mend:
    """A word of a closed list that is nearly the one that is written."""

    def mend(finding: Finding, document: Document) -> Edit | None:
        old, known = str(finding.fields.get(wrong) or ""), str(finding.fields.get("known") or "").split(", ")
        near = [word for word in known if is_slip(old, word)]
        if finding.place is None or len(near) != 1:
            return None
        return replacement(finding.place, document, old, near[0])

    return mend


def _quoted(finding: Finding, document: Document) -> Edit | None:
    """Quotes around a value that YAML reads otherwise than it looks, as the finding writes it with them."""
    quoted = str(finding.fields.get("quoted") or "")
    value = quoted[1:-1].replace("''", "'") if quoted.startswith("'") else quoted[1:-1]
    if finding.place is None or not value or " #" in value:
        return None
    start, _ = span_of(finding.place, document.text)
    end = start + len(value)
    is_whole = document.text[start:end] == value and _BEHIND_VALUE.match(document.text, end)
    return Edit(start, end, quoted) if is_whole else None


def _as_words(finding: Finding, document: Document) -> Edit | None:
    """Quotes around a number, or a truth value, that is meant as words."""
    if finding.place is None:
        return None
    start, end = span_of(finding.place, document.text)
    written = document.text[start:end]
    return Edit(start, end, f'"{written}"') if re.fullmatch(r"[\w.+-]+", written) else None


def _truth(finding: Finding, document: Document) -> Edit | None:
    """``true`` for ``yes``: in YAML 1.2 the one is a truth value and the other a word."""
    word = str(finding.fields.get("value") or "")
    meant = _BOOLS.get(word.casefold())
    if finding.place is None or meant is None or finding.fields.get("type", "bool") != "bool":
        return None
    start, end = span_of(finding.place, document.text)
    return Edit(start, end, meant) if document.text[start:end].strip("\"'") == word else None


def _truth_by_name(finding: Finding, document: Document) -> Edit | None:
    """The same where an expression may stand: there ``yes`` is read as a name."""
    word = str(finding.fields.get("name") or "")
    if document.written(tuple(finding.path.split("."))) != word or word.casefold() not in _BOOLS:
        return None
    return replacement(finding.place, document, word, _BOOLS[word.casefold()]) if finding.place is not None else None


def _in_phrase(finding: Finding, document: Document) -> Edit | None:
    """The word of a time phrase for one that is nearly it."""
    old = str(finding.fields.get("word") or "")
    near = {word for word in str(finding.fields.get("instead") or "").split() if is_slip(old, word)}
    if finding.place is None or len(near) != 1:
        return None
    return replacement(finding.place, document, old, near.pop())


def _renamed(old: str, new: str) -> Mend:
    """The key ``new`` for the key ``old``."""

    def mend(finding: Finding, document: Document) -> Edit | None:
        return replacement(finding.place, document, old, new) if finding.place is not None else None

    return mend


def _language(finding: Finding, document: Document) -> Edit | None:
    """The language of a country that stands where a language is meant."""
    tag, nearest = str(finding.fields.get("tag") or ""), str(finding.fields.get("nearest") or "")
    return replacement(finding.place, document, tag, nearest) if finding.place is not None and nearest else None


def _own_id(finding: Finding, document: Document) -> Edit | None:
    """Without the ``id`` that says the step's key once more."""
    path = tuple(finding.path.split("."))
    is_same = document.place(path) == finding.place or document.written(path).strip("\"'") == finding.fields.get("id")
    return removal(document, path) if is_same and path[-1] == "id" else None


def _in_vain(finding: Finding, document: Document) -> Edit | None:
    """Without the acceptance of what is not found."""
    return removal(document, tuple(finding.path.split(".")))


def _once(finding: Finding, document: Document) -> Edit | None:
    """Without the second of two entries that count once."""
    *keys, number = finding.path.split(".")
    return removal(document, (*keys, int(number))) if keys[-1] in _SETS and number.isdigit() else None


_NEAREST = _respelt("name", "nearest")

SAFE: Mapping[str, Mend] = {
    "SOP008": _quoted, "SOP011": _quoted, "SOP012": _quoted, "SOP016": _quoted,
    "SOP101": _respelt("key", "nearest"), "SOP105": _respelt("key", "nearest"),
    "SOP104": _own_id, "SOP120": _as_words, "SOP123": _language, "SOP125": _listed("value"), "SOP126": _truth,
    "SOP142": _as_words, "SOP143": _truth, "SOP146": _listed("value"), "SOP159": _renamed("next", "approved"),
    "SOP201": _NEAREST, "SOP202": _NEAREST, "SOP203": _NEAREST, "SOP204": _NEAREST, "SOP205": _NEAREST,
    "SOP206": _NEAREST, "SOP211": _NEAREST, "SOP320": _respelt("name", "near"), "SOP321": _truth_by_name,
    "SOP323": _respelt("found", "near"), "SOP352": _in_phrase, "SOP354": _in_phrase, "SOP419": _NEAREST,
    "SOP506": _in_vain, "SOP516": _once, "SOP525": _NEAREST,
}  # fmt: skip
"""How each finding is mended that has a safe mend, by code."""


def _is_only_reading(wrong: str, right: str, text: str) -> bool:
    """Whether ``wrong`` is a slip for ``right``, and for no other name that stands in ``text``."""
    ours, theirs = wrong.split("."), right.split(".")
    if len(ours) != len(theirs):
        return False
    parts = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    if len(parts) != 1 or not is_slip(*parts[0]):
        return False
    one, other = parts[0]
    return all(word in (one, other) or not is_slip(one, word) for word in set(_WORD.findall(text)))


def is_slip(wrong: str, right: str) -> bool:
    """Whether one letter too many, too few, wrong or in the wrong place makes ``right`` into ``wrong``.

    So do capitals, and a hyphen for an underscore. Digits tell names apart: ``step-1`` is no slip for ``step-2``.
    """
    if wrong == right:
        return False
    if wrong.casefold().replace("-", "_") == right.casefold().replace("-", "_"):
        return True
    if min(len(wrong), len(right)) < _SHORTEST or abs(len(wrong) - len(right)) > 1:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(wrong, right, strict=False)) if a != b), min(len(wrong), len(right))
    )
    ours, theirs = wrong[start:], right[start:]
    if ours[1:] == theirs[1:]:
        changed = ours[:1] + theirs[:1]
    elif ours[1:] == theirs:
        changed = ours[:1]
    elif ours == theirs[1:]:
        changed = theirs[:1]
    elif ours[:2] == theirs[1::-1] and ours[2:] == theirs[2:]:
        changed = ours[:2]
    else:
        return False
    return not any(sign.isdigit() for sign in changed)
