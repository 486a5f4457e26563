"""The words of a time phrase and the small parts that all phrases share: counts, units, clocks, references.

Knows how single parts are written and misspelt; the order of the parts is the parser's.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from sopflow.calendars._phrases import MOST, NAME, Ref, RefKind, Span, Unit
from sopflow.errors import Problem, nearest

EXAMPLE = "1 month before event.start"
LONGEST = 300

ANCHORED = re.compile(rf"({NAME.pattern})([+-])([0-9]+|[A-Za-z_][A-Za-z0-9_.]*)")
RANGE = re.compile(r"(?:([0-9]+)\.\.)?([0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LIKE_DATE = re.compile(r"([0-9]{1,4})[-./]([0-9]{1,2})[-./]([0-9]{1,4})(?:[T_].*)?")
_LIKE_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{1,2})(?:[:.][0-9]+)?)? ?(am|pm|h)?", re.IGNORECASE)
_STEP_PART = r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\[[^\[\]\s]+\])?"
_STEP = re.compile(rf"{_STEP_PART}(?:\.{_STEP_PART})*")
_CALENDAR = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

UNITS = {form: unit for unit in Unit if " " not in unit for form in (unit.value, f"{unit}s")}
_WORKING = {"day": Unit.WORKING_DAY, "days": Unit.WORKING_DAY, "hour": Unit.WORKING_HOUR, "hours": Unit.WORKING_HOUR}
_MEANT_UNITS = {
    "d": "days", "h": "hours", "hr": "hours", "hrs": "hours", "m": "minutes", "min": "minutes", "mins": "minutes",
    "w": "weeks", "wk": "weeks", "wks": "weeks", "mth": "months", "mths": "months", "mo": "months", "y": "years",
    "yr": "years", "yrs": "years", "workday": "working days", "workdays": "working days", "business": "working days",
    "work": "working days", "weekday": "working days", "weekdays": "working days", "fortnight": "weeks",
    "calendar": "days", "workinghours": "working hours", "workingdays": "working days",
}  # fmt: skip
_NUMERALS = {
    "a": 1, "an": 1, "the": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "next": 1, "few": 3, "some": 3, "several": 3, "couple": 2,
    "half": 1, "each": 1,
}  # fmt: skip
_SMALLER = {
    Unit.HOUR: (60, "minutes"), Unit.DAY: (24, "hours"), Unit.WEEK: (7, "days"), Unit.MONTH: (30, "days"),
    Unit.QUARTER: (3, "months"), Unit.YEAR: (12, "months"),
}  # fmt: skip
_DIRECTIONS: dict[str, Literal["before", "after"]] = {
    "ahead": "before", "prior": "before", "earlier": "before", "until": "before", "till": "before", "by": "before",
    "preceding": "before", "to": "before", "ago": "before", "from": "after", "past": "after", "since": "after",
    "following": "after", "later": "after", "of": "after", "behind": "after", "when": "after", "then": "after",
}  # fmt: skip
_FILLERS = ("of", "to", "than")
_KEYWORDS = frozenset(
    {"before", "after", "in", "of", "on", "at", "within", "every", "none", "working", *UNITS, *_NUMERALS}
)


class Stop(Exception):
    """Reading ends here; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands; ``words`` are the parts that were joined to it, with their own places."""

    text: str
    start: int
    end: int
    joined: tuple[Word, ...] = ()

    def place(self, index: int) -> int:
        """Where in the phrase the character at ``index`` of the (joined) text stands."""
        for part in self.joined:
            if index < len(part.text):
                return part.start + index
            index -= len(part.text)
        return self.end


class Words:
    """A phrase, read from left to right."""

    def __init__(self, text: str, missing: str, example: str) -> None:
        self.text = text
        self.example = example
        self._words = [Word(m[0], m.start(), m.end()) for m in re.finditer(r"[^\s,]+|,", text[:LONGEST])]
        self._at = 0
        if len(text) > LONGEST:
            raise self.stop("SOP371", whole=True, length=len(text), most=LONGEST, instead=example)
        if not self._words:
            raise self.stop(missing, whole=True, instead=example)
        self._refuse_foreign()

    @property
    def left(self) -> int:
        """How many words are unread."""
        return len(self._words) - self._at

    @property
    def last(self) -> Word:
        """The word read last."""
        return self._words[max(self._at - 1, 0)]

    def peek(self) -> Word:
        """The next word, or the end of the text."""
        return self._words[self._at] if self.left else Word("", len(self.text), len(self.text))

    def next_is(self, *texts: str) -> bool:
        return self.peek().text in texts

    def peek_is(self, further: int, text: str) -> bool:
        return self.left > further and self._words[self._at + further].text == text

    def take(self) -> Word:
        """Read one word."""
        word = self.peek()
        self._at += bool(self.left)
        return word

    def joined(self, most: int) -> Word | None:
        """The next words as one, if a sign holds them together (``N + X``); at most ``most``."""
        parts = self._words[self._at : self._at + most]
        while len(parts) > 1 and not (parts[-1].text[0] in "+-" or parts[-2].text[-1] in "+-"):
            parts.pop()
        if not parts:
            return None
        return Word("".join(p.text for p in parts), parts[0].start, parts[-1].end, tuple(parts))

    def skip(self, word: Word) -> None:
        """Read the words that ``joined`` gave."""
        self._at += len(word.joined)

    def calendar(self) -> str:
        """Read the name of a calendar."""
        if not self.left or not _CALENDAR.fullmatch(self.peek().text) or self.next_is("before", "after", "of"):
            so_far = self.text[: self.last.end].strip()
            rest = self.rest()
            raise self.stop("SOP369", self.last, instead=f"{so_far} office{' ' if rest else ''}{rest}")
        return self.take().text

    def finish(self) -> None:
        """Everything must have been read."""
        if self.left:
            raise self.stop("SOP363", self.peek(), to_end=True, word=self.rest(), instead=self.so_far())

    def so_far(self) -> str:
        """What has been read."""
        return self.text[: self.last.end].strip() if self._at else ""

    def rest(self, skip: str = "") -> str:
        """What has not been read; without ``skip`` if that comes first."""
        words = self._words[self._at :]
        if words and words[0].text == skip:
            words = words[1:]
        return self.text[words[0].start :].strip() if words else ""

    def replaced(self, word: Word, by: str, *, to: int | None = None) -> str:
        """The whole phrase with ``by`` in the place of ``word`` (and of what follows it, up to ``to``)."""
        return f"{self.text[: word.start]}{by}{self.text[word.end if to is None else to :]}".strip()

    def stop(
        self, code: str, at: Word | None = None, /, *, whole: bool = False, to_end: bool = False, **fields: object
    ) -> Stop:
        """The end of reading, because of the word ``at`` (up to the end of the text) or of the whole phrase."""
        if whole or at is None:
            start, end = (self._words[0].start, self._words[-1].end) if self._words else (0, len(self.text))
        else:
            start, end = at.start, self._words[-1].end if to_end else at.end
        return Stop(Problem(code, start, end, fields))

    def _refuse_foreign(self) -> None:
        """Full-width digits and signs (an input method left on), and words of other languages."""
        text = self.text
        for at, char in enumerate(text):
            if char.isascii():
                continue
            narrow = unicodedata.normalize("NFKC", char)
            if narrow.isascii() and narrow.isprintable():
                word = Word(char, at, at + 1)
                raise self.stop("SOP357", word, word=char, instead=unicodedata.normalize("NFKC", text).strip())
            if char in "。、−–—":
                word = Word(char, at, at + 1)
                mended = text.translate({ord("。"): ".", ord("、"): ",", ord("−"): "-", ord("–"): "-", ord("—"): "-"})
                raise self.stop("SOP357", word, word=char, instead=mended.strip())
            end = next((i for i in range(at, len(text)) if text[i].isascii()), len(text))
            raise self.stop("SOP358", Word(text[at:end], at, end), word=text[at:end], instead=self.example)


def read_whole(words: Words, digits: str, word: Word, instead: str) -> int:
    """``digits`` as a count within bounds."""
    if len(digits) > 9 or int(digits) > MOST:
        raise words.stop("SOP360", word, word=digits, most=MOST, instead=instead)
    return int(digits)


def read_count(words: Words) -> int | Ref:
    """A number, or the field that holds it."""
    word = words.take()
    text = word.text
    if text.isdigit():
        return read_whole(words, text, word, words.replaced(word, "1"))
    if text in _KEYWORDS or text.lower() in _NUMERALS:
        number = _NUMERALS.get(text.lower())
        if number is not None:
            raise words.stop("SOP359", word, word=text, instead=words.replaced(word, str(number)))
        # The count is missing: "weeks before event.start".
        last = words.take() if text == "working" and words.peek().text in _WORKING else word
        unit = words.text[word.start : last.end].removesuffix("s") if last.text in UNITS else "day"
        raise words.stop("SOP359", word, word=text, instead=words.replaced(word, f"1 {unit}", to=last.end))
    if glued := re.fullmatch(r"([0-9]+)-?([A-Za-z]+)", text):
        unit = _nearest_unit(glued[2])
        raise words.stop("SOP393", word, word=text, instead=words.replaced(word, f"{glued[1]} {unit}"))
    if re.fullmatch(r"[+-]?[0-9]*[./]?[0-9]+", text):
        raise _not_whole(words, word)
    if NAME.fullmatch(text):
        return Ref(RefKind.NAME, text, word.start, word.end)
    if "-" in text and NAME.fullmatch(mended := text.replace("-", "_")):
        raise words.stop("SOP356", word, word=text, instead=words.replaced(word, mended))
    raise words.stop("SOP359", word, word=text, instead=words.replaced(word, "1"))


def read_unit(words: Words) -> Unit:
    """A unit, in the singular or the plural."""
    word = words.take()
    if word.text in UNITS:
        return UNITS[word.text]
    if word.text == "working" and words.peek().text in _WORKING:
        return _WORKING[words.take().text]
    if not word.text:
        said = words.text.strip()
        raise words.stop("SOP393", whole=True, word=said, instead=f"{said} days")
    if word.text == "working":
        unit = _nearest_unit(words.peek().text)
        meant = "working hours" if unit == "hours" else "working days"
        follows = words.peek() if words.left and not words.next_is("before", "after", "in", "of", "at", "on") else word
        end = follows.end
        raise words.stop("SOP352", word, word=words.text[word.start : end], instead=words.replaced(word, meant, to=end))
    end = word.end
    if word.text.lower() in ("business", "work", "calendar") and words.left:
        end = words.peek().end
    meant = _nearest_unit(word.text)
    raise words.stop("SOP352", word, word=word.text, instead=words.replaced(word, meant, to=end))


def read_direction(words: Words, span: Span) -> Literal["before", "after"]:
    """``before`` or ``after``, and what stands there instead."""
    word = words.take()
    if word.text == "before":
        return "before"
    if word.text == "after":
        return "after"
    if not word.text:
        said = words.text.strip()
        raise words.stop("SOP364", whole=True, word=said, instead=f"{said} before event.start")
    near = nearest(word.text.lower(), ("before", "after"))
    meant = _DIRECTIONS.get(word.text.lower()) or (near[0] if near else None)
    if meant is None:  # no word of direction at all: "2 weeks event.start"
        instead = f"{span} before {words.text[word.start :].strip()}"
        raise words.stop("SOP353", whole=True, word=words.text.strip(), instead=instead)
    end = words.take().end if words.next_is(*_FILLERS) else word.end
    instead = words.replaced(word, meant, to=end)
    if not words.left:
        instead += " event.start"
    raise words.stop("SOP354", Word("", word.start, end), word=words.text[word.start : end], instead=instead)


def read_ref(words: Words, *, alone: bool = False) -> Ref:
    """A field, an anchor, a date, ``started``, ``opened``, ``due``, ``opening of STEP`` or ``completion of STEP``.

    ``alone``: it is the whole day, so a number here is the beginning of a span.
    """
    word = words.take()
    text = word.text
    if not text:
        said = words.text.strip()
        raise words.stop("SOP364", whole=True, word=said, instead=f"{said} event.start")
    if text in ("opening", "completion") and words.next_is("of"):
        words.take()
        step = words.take()
        if not _STEP.fullmatch(step.text):
            example = "write-event-plan" if step.text else " write-event-plan"
            instead = words.replaced(step, example)
            raise words.stop("SOP370", step, word=step.text or f"{text} of", instead=instead)
        return Ref(RefKind(text), step.text, word.start, step.end)
    if text in ("started", "opened", "due"):
        return Ref(RefKind(text), "", word.start, word.end)
    if _DATE.fullmatch(text):
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            raise words.stop("SOP362", word, word=text, instead=words.replaced(word, _near_date(text))) from None
        return Ref(RefKind.DATE, text, word.start, word.end)
    if NAME.fullmatch(text):
        return Ref(RefKind.NAME, text, word.start, word.end)
    raise _no_ref(words, word, alone=alone)


def read_clock(words: Words, *, needed: bool = False) -> dt.time | None:
    """A clock time if the next word is one, right or wrong; None if there is something else.

    ``needed``: nothing else can stand here, so whatever resembles a clock time is meant as one.
    """
    word = words.peek()
    text = word.text
    if re.fullmatch(r"[0-9]{2}:[0-9]{2}", text) and int(text[:2]) < 24 and int(text[3:]) < 60:
        words.take()
        return dt.time(int(text[:2]), int(text[3:]))
    like = bool(_LIKE_CLOCK.fullmatch(text))
    looks = ":" in text or (like and (needed or words.peek_is(1, "on")))
    looks = looks or bool(re.fullmatch(r"[0-9]{1,2}(am|pm)", text, re.IGNORECASE)) or text in ("noon", "midnight")
    if not looks or "-" in text:
        return None
    words.take()
    raise words.stop("SOP355", word, word=text, instead=words.replaced(word, _near_clock(text)))


def _not_whole(words: Words, word: Word) -> Stop:
    """``1.5 days`` is 36 hours."""
    unit = words.peek()
    factor, smaller = _SMALLER.get(UNITS.get(unit.text, Unit.MINUTE), (1, unit.text))
    try:
        count = round(float(word.text) * factor)
    except ValueError:  # 1/2
        count = factor // 2
    number = str(min(max(abs(count), 1), MOST))
    instead = words.replaced(word, f"{number} {smaller}", to=unit.end) if smaller else f"{number} days"
    return words.stop("SOP361", word, word=word.text, instead=instead)


def _no_ref(words: Words, word: Word, *, alone: bool) -> Stop:
    text = word.text
    if like := _LIKE_DATE.fullmatch(text):
        instead = words.replaced(word, _near_date("-".join(like.groups())))
        return words.stop("SOP362", word, word=text, instead=instead)
    if alone and text.isdigit():
        return words.stop("SOP393", word, word=text, instead=words.replaced(word, f"{text} days before event.start"))
    if alone and (glued := re.fullmatch(r"([0-9]+)-?([A-Za-z]+)", text)):
        meant = f"{glued[1]} {_nearest_unit(glued[2])} before event.start"
        return words.stop("SOP393", word, word=text, instead=words.replaced(word, meant))
    if "-" in text and NAME.fullmatch(mended := text.replace("-", "_")):
        return words.stop("SOP356", word, word=text, instead=words.replaced(word, mended))
    return words.stop("SOP365", word, word=text, instead=words.replaced(word, "event.start"))


def _nearest_unit(text: str) -> str:
    lowered = text.lower()
    if lowered in _MEANT_UNITS:
        return _MEANT_UNITS[lowered]
    found = nearest(lowered, UNITS)
    return found[0] if found else "days"


def _near_date(text: str) -> str:
    """The date that a wrong one may mean: its parts in order and within bounds."""
    parts = [int(part) for part in text.split("-")]
    if parts[0] <= 31 < parts[2]:
        parts.reverse()  # 31-03-2026
    year, month, day = min(max(parts[0], 1), 9999), min(max(parts[1], 1), 12), min(max(parts[2], 1), 31)
    while True:
        try:
            return dt.date(year, month, day).isoformat()
        except ValueError:
            day -= 1


def _near_clock(text: str) -> str:
    """The clock time that a wrong one may mean."""
    if text == "noon":
        return "12:00"
    like = _LIKE_CLOCK.fullmatch(text)
    if like is None:
        return "18:00" if text != "midnight" else "00:00"
    hour, minute = int(like[1]), int(like[2] or 0)
    if (like[3] or "").lower() == "pm" and hour < 12:
        hour += 12
    return f"{min(hour, 23):02d}:{min(minute, 59):02d}"
