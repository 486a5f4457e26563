"""Rule: every text has every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sopflow.analysis._rule import Rule, Subject
from sopflow.errors import Finding

REASON = (
    "‘languages’ promises that people can read the SOP in each of them. A text that is written in languages at all "
    "should be in every one, here or in a file of translations beside the definition. A plain text is the same in all."
)

VALID = """\
sopflow: 1
id: welcome
languages: [zh, en]
steps:
  greet: {task: {en: Greet the guests, zh: 迎接来宾}}
  karaoke: {task: Karaoke}
"""

INVALID = """\
sopflow: 1
id: welcome
languages: [zh, en]
steps:
  greet: {task: {en: Greet the guests}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    """The texts by language that lack one of the languages of the definition."""
    languages = subject.sop.languages
    if not languages:
        return
    lacking: dict[tuple[str, ...], list[str]] = {}  # by the languages of a text: few texts differ in them
    for path, text in subject.sop.texts().items():
        if isinstance(text.written, str):
            continue
        tags = text.languages
        if tags not in lacking:
            lacking[tags] = [tag for tag in languages if not _serves(tag, tags)]
        if missing := lacking[tags]:
            yield subject.at("SOP501", path, languages=", ".join(missing))


def _serves(wanted: str, tags: Iterable[str]) -> bool:
    """Whether one of ``tags`` is ``wanted``, more general (zh for zh-Hans) or more special (zh-Hans for zh)."""
    low = f"{wanted.lower()}-"
    return any(low.startswith(f"{tag.lower()}-") or f"{tag.lower()}-".startswith(low) for tag in tags)


RULE = Rule("every_text_has_every_language", ("SOP501",), REASON, VALID, INVALID, check)
