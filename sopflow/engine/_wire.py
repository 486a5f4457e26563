"""Numbers, texts, instants and values as bytes: what ``_pack.py`` writes a run with.

It knows no runs and no programs: which words are common, it is told. A body is *numbers*, then *letters*::

    numbers  how many there are, then each: below 248 as one byte; else 247 + n, and n bytes, the lowest first
    letters  UTF-8, to the end: the texts that are no common words, one after the other

The numbers are read in order, each by what came before. A signed one is folded: 0, -1, 1, -2 … are 0, 1, 2, 3 ….

=======  ============================================================================================================
text     0: None. 1: new, the next letters, as many as the next number says. 2 + k: the k-th word: of the common
         ones, then of those that were new
instant  0: None. 2 k + 1: new, k microseconds (signed) after the last new one, as clocks show it; the first, after
         midnight of 1 January 2024. 2: a new one follows, and before it the offset from UTC in microseconds (signed)
         of all that are new from here on; before the first that is 0. 4: the same, they have none. 6 + 2 k: the k-th
         that was new
value    a tag and what belongs to it: see :class:`_Tag`
named    how many, then for each a text and a value
=======  ============================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from sopflow.calendars import Moment
from sopflow.engine._state import Mark

_SMALL = 248  # the first number that takes more than a byte
_LARGE = 1 << 63  # the first that is written as a text
_NEW = 1  # a text
_NEVER, _OFFSET, _NO_OFFSET, _SEEN = 0, 2, 4, 6  # instants
_DEEPEST = 100  # how deep lists and maps may nest
_EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001  # as a clock shows it, wherever it hangs
_MICROSECOND = timedelta(microseconds=1)


class _Tag:
    """What a value is, and what follows. Containers say how many things they hold, and then these."""

    NONE, FALSE, TRUE = 0, 1, 2
    TEXT, INSTANT = 3, 4
    INTEGER, FLOAT = 5, 6  # a text, hexadecimal; of an int, where it is negative or very large
    DECIMAL, TIME = 7, 8  # a text
    DATE = 9  # a number: days, 1 is the first of January of the year 1
    DURATION = 10  # a value: microseconds
    LIST, TUPLE, SET, FROZEN = 11, 12, 13, 14  # values; of sets, in order
    MAP = 15  # for each a value and a value
    DAY, CLOCK, EXACT = 16, 17, 18  # moments: a number of days, an instant, an instant
    MARK = 19  # its fields, as values
    NUMBER = 20  # from here on: an int, itself and this


def folded(number: int) -> int:
    """A number that may be negative as one that is not, small where it is near zero."""
    return number << 1 if number >= 0 else ~(number << 1)


def unfolded(number: int) -> int:
    """The number that :func:`folded` folded."""
    return ~(number >> 1) if number & 1 else number >> 1


class Words:
    """Common words, each given once, as writers and readers number them: None is 0, the words begin at 2."""

    __slots__ = ("codes", "texts")

    def __init__(self, words: Sequence[str]) -> None:
        self.texts: list[str | None] = [None, None, *words]
        self.codes: dict[str | None, int] = {None: 0, **{word: code for code, word in enumerate(words, 2)}}


class Writer:
    """Takes numbers, texts, instants and values, and keeps what they come to.

    It knows instants again by identity: whoever gives them keeps them until the body is made.
    """

    __slots__ = ("_clock", "_instants", "_letters", "_numbers", "_offset", "_same", "_texts", "_zeros", "put")

    def __init__(self, common: Words) -> None:
        self._numbers: list[int] = []
        self._letters: list[str] = []
        self._texts: dict[str | None, int] = dict(common.codes)
        self._instants: dict[object, int] = {}
        self._same: dict[int, int] = {id(None): _NEVER}
        self._zeros: dict[tzinfo | None, datetime] = {}
        self._clock = 0
        self._offset: timedelta | None = timedelta(0)
        self.put = self._numbers.append  # a number

    def body(self) -> bytes:
        """All that was put."""
        out = bytearray()
        for number in (len(self._numbers), *self._numbers):
            if number < _SMALL:
                out.append(number)
            else:
                size = (number.bit_length() + 7) >> 3
                out.append(_SMALL - 1 + size)
                out += number.to_bytes(size, "little")
        return bytes(out) + "".join(self._letters).encode("utf-8", "surrogatepass")

    def signed(self, number: int) -> None:
        """A number that may be negative."""
        self.put(folded(number))

    def text(self, text: str | None) -> None:
        """A text; short where it is a common word or came before."""
        code = self._texts.get(text)
        if code is not None:
            self.put(code)
        elif text is not None:
            self._texts[text] = len(self._texts) + 1  # None and the common words are there, 1 is nobody's
            self._letters.append(text)
            self.put(_NEW)
            self.put(len(text))

    def instant(self, at: datetime | None) -> None:
        """An instant; short where it came before."""
        code = self._same.get(id(at))  # quick: most are one object that stands in several places
        if code is not None:
            self.put(code)
        elif at is not None:
            self._same[id(at)] = self._instant(at)

    def _instant(self, at: datetime) -> int:
        zone, offset = at.tzinfo, at.utcoffset()
        zero = self._zeros.get(zone)
        if zero is None:
            zero = self._zeros[zone] = _EPOCH.replace(tzinfo=zone)
        clock = (at - zero) // _MICROSECOND  # of two with one zone: what the clock shows
        code = self._instants.get((clock, offset))
        if code is not None:
            self.put(code)
            return code
        code = self._instants[clock, offset] = _SEEN + 2 * len(self._instants)
        if offset != self._offset:
            self.put(_NO_OFFSET if offset is None else _OFFSET)
            if offset is not None:
                self.signed(offset // _MICROSECOND)
            self._offset = offset
        self.put(2 * folded(clock - self._clock) + 1)
        self._clock = clock
        return code

    def named(self, values: Mapping[str, object]) -> None:
        """Values by name."""
        self.put(len(values))
        for name, value in values.items():
            self.text(name)
            self.value(value)

    def value(self, value: object, depth: int = 0) -> None:
        """What a field may hold. Raises TypeError for anything else, ValueError where it nests too deep."""
        if depth > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST} levels")
        match value:  # the commonest first
            case bool():
                self.put(_Tag.TRUE if value else _Tag.FALSE)
            case int() if 0 <= value < _LARGE:
                self.put(_Tag.NUMBER + value)
            case str():
                self._tagged(_Tag.TEXT, value)
            case datetime():
                self.put(_Tag.INSTANT)
                self.instant(value)
            case None:
                self.put(_Tag.NONE)
            case tuple():
                self._several(_Tag.TUPLE, value, depth)
            case dict():
                self._map(value, depth)
            case Moment(date=None, instant=instant):
                self.put(_Tag.EXACT if value.exact else _Tag.CLOCK)
                self.instant(instant)
            case Moment(date=date() as day):
                self.put(_Tag.DAY)
                self.put(day.toordinal())
            case date():
                self.put(_Tag.DATE)
                self.put(value.toordinal())
            case Decimal():
                self._tagged(_Tag.DECIMAL, str(value))
            case list():
                self._several(_Tag.LIST, value, depth)
            case set() | frozenset():
                self._several(_Tag.SET if isinstance(value, set) else _Tag.FROZEN, sorted(value), depth)
            case timedelta():
                self.put(_Tag.DURATION)
                self.value(value // _MICROSECOND)
            case time():
                self._tagged(_Tag.TIME, value.isoformat())
            case float():
                self._tagged(_Tag.FLOAT, value.hex())
            case int():
                self._tagged(_Tag.INTEGER, f"{value:x}")
            case Mark():
                self.put(_Tag.MARK)
                for part in (value.scope, value.number, value.region, value.instead, value.message):
                    self.value(part, depth + 1)
            case Mapping():
                self._map(value, depth)
            case _:
                raise TypeError(f"no field can hold a {type(value).__name__}")

    def _tagged(self, tag: int, text: str) -> None:
        self.put(tag)
        self.text(text)

    def _several(self, tag: int, values: Sequence[object], depth: int) -> None:
        self.put(tag)
        self.put(len(values))
        for value in values:
            self.value(value, depth + 1)

    def _map(self, values: Mapping[object, object], depth: int) -> None:
        self.put(_Tag.MAP)
        self.put(len(values))
        for key, value in values.items():
            self.value(key, depth + 1)
            self.value(value, depth + 1)


class Reader:
    """Gives back what a :class:`Writer` was given, in the same order.

    Bytes that no writer wrote raise StopIteration, LookupError, TypeError, ValueError or ArithmeticError, or read as
    something else. Whatever is read takes up a number at least, so no count leads beyond the bytes that are there.
    """

    __slots__ = ("_at", "_clock", "_instants", "_letters", "_numbers", "_texts", "_zero", "number")

    def __init__(self, common: Words, body: bytes) -> None:
        numbers, end = _numbers_of(body)
        self._numbers = iter(numbers)
        self.number = self._numbers.__next__
        self._letters, self._at = body[end:].decode("utf-8", "surrogatepass"), 0
        self._texts: list[str | None] = list(common.texts)
        self._instants: list[datetime | None] = [None] * (_SEEN // 2)
        self._clock, self._zero = 0, _EPOCH.replace(tzinfo=UTC)

    def finish(self) -> None:
        """Raises ValueError where something is left."""
        if self._at != len(self._letters) or next(self._numbers, None) is not None:
            raise ValueError("more than was to be read")

    def signed(self) -> int:
        """A number that may be negative."""
        return unfolded(self.number())

    def text(self) -> str | None:
        """A text, or None."""
        code = self.number()
        return self._texts[code] if code != _NEW else self._new_text()

    def name(self) -> str:
        """A text. Raises ValueError where there is none."""
        text = self.text()
        if text is None:
            raise ValueError("a text is missing")
        return text

    def _new_text(self) -> str:
        start, self._at = self._at, self._at + self.number()
        text = self._letters[start : self._at]
        self._texts.append(text)
        return text

    def instant(self) -> datetime | None:
        """An instant, or None."""
        code = self.number()
        if code in (_OFFSET, _NO_OFFSET):
            zone = timezone(self.signed() * _MICROSECOND) if code == _OFFSET else None
            self._zero = _EPOCH.replace(tzinfo=zone)
            code = self.number()
        if not code & 1:
            return self._instants[code >> 1]
        self._clock += unfolded(code >> 1)
        at = self._zero + timedelta(0, 0, self._clock)
        self._instants.append(at)
        return at

    def named(self) -> dict[str, object]:
        """Values by name."""
        return {self.name(): self.value() for _ in range(self.number())}

    def value(self, depth: int = 0) -> object:
        """A value."""
        tag = self.number()
        if tag >= _Tag.NUMBER:
            return tag - _Tag.NUMBER
        return _READ[tag](self, depth)

    def day(self) -> date:
        """A day, by its number."""
        return date.fromordinal(self.number())

    def several(self, count: int, depth: int) -> list[object]:
        """That many values."""
        if depth >= _DEEPEST:
            raise ValueError("nested too deep")
        return [self.value(depth + 1) for _ in range(count)]

    def map(self, depth: int) -> dict[object, object]:
        """Values by values."""
        both = iter(self.several(2 * self.number(), depth))
        return dict(zip(both, both, strict=True))


_READ: Mapping[int, Callable[[Reader, int], object]] = {
    _Tag.NONE: lambda of, depth: None,
    _Tag.FALSE: lambda of, depth: False,
    _Tag.TRUE: lambda of, depth: True,
    _Tag.TEXT: lambda of, depth: of.name(),
    _Tag.INSTANT: lambda of, depth: of.instant(),
    _Tag.INTEGER: lambda of, depth: int(of.name(), 16),
    _Tag.FLOAT: lambda of, depth: float.fromhex(of.name()),
    _Tag.DECIMAL: lambda of, depth: Decimal(of.name()),
    _Tag.TIME: lambda of, depth: time.fromisoformat(of.name()),
    _Tag.DATE: lambda of, depth: of.day(),
    _Tag.DURATION: lambda of, depth: timedelta(microseconds=of.value(_DEEPEST)),  # type: ignore[arg-type]  # as written
    _Tag.LIST: lambda of, depth: of.several(of.number(), depth),
    _Tag.TUPLE: lambda of, depth: tuple(of.several(of.number(), depth)),
    _Tag.SET: lambda of, depth: set(of.several(of.number(), depth)),
    _Tag.FROZEN: lambda of, depth: frozenset(of.several(of.number(), depth)),
    _Tag.MAP: lambda of, depth: of.map(depth),
    _Tag.DAY: lambda of, depth: Moment.on(of.day()),
    _Tag.CLOCK: lambda of, depth: Moment(instant=of.instant()),
    _Tag.EXACT: lambda of, depth: Moment(instant=of.instant(), exact=True),
    _Tag.MARK: lambda of, depth: Mark(*of.several(5, depth)),  # type: ignore[arg-type]  # as it was written
}


def _numbers_of(body: bytes) -> tuple[list[int], int]:
    """The numbers at the beginning of a body, and where the letters begin."""
    count, at = _number(body, 0)
    numbers: list[int] = []
    for _ in range(count):
        number = body[at]
        if number < _SMALL:
            at += 1
        else:
            number, at = _number(body, at)
        numbers.append(number)
    return numbers, at


def _number(body: bytes, at: int) -> tuple[int, int]:
    """The number that stands there, and where the next one does."""
    first, at = body[at], at + 1
    if first < _SMALL:
        return first, at
    end = at + first - _SMALL + 1
    return int.from_bytes(body[at:end], "little"), end
