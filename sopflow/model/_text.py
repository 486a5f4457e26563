"""Texts that people read, in one or many languages; knows language tags and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sopflow.model._problems import Problems, problem

# The two-letter codes of ISO 639-1; longer ones are checked for their form only (BCP 47, RFC 5646).
TWO_LETTERS = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en"
    " eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv"
    " ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne"
    " ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st"
    " su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
# Country codes that are taken for languages more often than not.
MEANT = {"cn": "zh", "jp": "ja", "gb": "en", "us": "en", "uk-ua": "uk", "cz": "cs", "dk": "da", "gr": "el"}
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*")


def is_language(tag: object) -> bool:
    """Whether ``tag`` is a language tag (BCP 47) whose language exists."""
    return isinstance(tag, str) and _is_tag(tag)


@lru_cache(maxsize=256)  # every text asks, about the same few
def _is_tag(tag: str) -> bool:
    if not _TAG.fullmatch(tag):
        return False
    language = tag.split("-", 1)[0].lower()
    return language in TWO_LETTERS or len(language) == 3


class Text:
    """A text as written: one string, or one per language tag. Immutable.

    Languages that stand outside the definition (``texts/…``) are shown like the others, but are not part of
    what was written: neither dumped nor compared.
    """

    __slots__ = ("_added", "_written")

    def __init__(self, written: str | Mapping[str, str]) -> None:
        self._written: str | dict[str, str] = written if isinstance(written, str) else dict(written)
        self._added: dict[str, str] = {}

    @property
    def written(self) -> str | dict[str, str]:
        """As it stands in the definition."""
        return self._written if isinstance(self._written, str) else dict(self._written)

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags it has, as written; none for a plain string without additions."""
        return tuple(self._all())

    @property
    def by_language(self) -> dict[str, str]:
        """The words in each of :attr:`languages`."""
        return dict(self._all())

    def get(self, lang: str, fallback: Sequence[str] = ()) -> str:
        """The text in ``lang``, else in the first language of ``fallback`` that it has, else as it comes.

        Tags are matched as RFC 4647 section 3.4 says (``zh-Hans-CN`` finds ``zh-Hans``, then ``zh``); a
        more special tag serves a more general one too (``zh`` finds ``zh-Hans``).
        """
        texts = self._all()
        for wanted in (lang, *fallback):
            tag = _lookup(wanted, texts)
            if tag is not None:
                return texts[tag]
        if isinstance(self._written, str):
            return self._written
        return next(iter(texts.values()), "")

    def _add(self, lang: str, text: str) -> None:
        """Note one more language from outside the definition: while it is read, never later."""
        self._added[lang] = text

    def _all(self) -> dict[str, str]:
        if isinstance(self._written, str):
            return self._added
        return {tag: text for tag, text in self._written.items() if not tag.startswith("x-")} | self._added

    def __str__(self) -> str:
        return self.get("en")

    def __repr__(self) -> str:
        return f"Text({self._written!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._written == other._written

    def __hash__(self) -> int:
        return hash(self._written if isinstance(self._written, str) else frozenset(self._written.items()))


def read_text(value: object) -> Text:
    """A text from plain data: a string, or a map of language tags to strings."""
    match value:
        case Text():
            return value
        case str():
            return Text(_words(value))
        case dict():
            if not value or not all(map(is_language, value)) or not all(map(_is_words, value.values())):
                _look_at(value)
            return Text(value)
        case _:
            return Text(_words(value))


def _look_at(written: Mapping[object, object]) -> None:
    """Tell what is wrong with a map of languages, if anything is."""
    problems = Problems()
    if not written:
        problems.add("SOP121")
    for tag, text in written.items():
        if isinstance(tag, str) and tag.startswith("x-"):
            continue
        if not is_language(tag):
            meant = MEANT.get(str(tag).lower())
            if meant:
                problems.add("SOP123", str(tag), at_key=True, tag=tag, nearest=meant)
            else:
                problems.add("SOP122", str(tag), at_key=True, tag=tag)
        problems.read(_words, text, str(tag))
    problems.stop()


def _is_words(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _words(value: object) -> str:
    match value:
        case str() if value.strip():
            return value
        case str():
            raise problem("SOP121")
        case bool() | int() | float():  # 1.10 has lost its zero by now: ask for quotes rather than guess
            raise problem("SOP120", value=value)
        case _:
            raise problem("SOP119")


def _lookup(wanted: str, texts: Mapping[str, str]) -> str | None:
    """The tag in ``texts`` that serves ``wanted`` best."""
    exact = {tag.lower(): tag for tag in texts}
    tag = wanted.lower()
    while tag:
        if tag in exact:
            return exact[tag]
        tag = tag.rpartition("-")[0]
    language = wanted.lower().split("-", 1)[0]
    return next((as_written for low, as_written in exact.items() if low.split("-", 1)[0] == language), None)
