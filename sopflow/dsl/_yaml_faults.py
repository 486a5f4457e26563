"""Why a text is not YAML, in the words of someone who writes SOPs rather than parsers.

Looks at what stands at and before the place where the parser gave up. YAML's traps come first: an expression
that begins with a sign of YAML's own, that has ``: `` in it, or that a bracket cuts in two inside ``{…}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sopflow.dsl._document import Document
from sopflow.dsl._yaml_events import NotYaml
from sopflow.dsl._yaml_quiet import quoted
from sopflow.errors import Finding

_KEY = r"""(?:[^\s'"{}\[\],#:][^'"{}\[\],#:]*|"[^"\n]*"|'[^'\n]*')"""
_BLOCK_VALUE = re.compile(rf"[ ]*(?:-[ ]+)*(?:{_KEY}:[ ]+)?")
_FLOW_KEY = re.compile(rf"(?<=[{{,\[])\s*{_KEY}:[ ]+")
_NEXT_FLOW_KEY = re.compile(rf",\s*{_KEY}:[ ]")
_LEADING = {"!": "SOP012", "&": "SOP013", "*": "SOP014", ">": "SOP015", "|": "SOP015", "@": "SOP008",
            "`": "SOP008", "%": "SOP008"}  # fmt: skip
_IN_FLOW = ("while parsing a flow mapping", "while parsing a flow sequence", "while parsing a flow node")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|.)")
_GOOD_ESCAPES = re.compile(  # YAML 1.2.2 [62] c-ns-esc-char, less what is no character by itself
    r'[^"\\]+|\\(?:[0abt\tnvfre "/\\N_LP\n]|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    r"|U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
)
_BLOCK_LINE = re.compile(rf"[ ]*(?:-[ ]|{_KEY}:(?:[ ]|$))|\.\.\.$", re.MULTILINE)
_BRACKETS_BACK = re.compile(r"[\[\]{}]")
_COLON = re.compile(r":(?=\s|$)")
_MOST_SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """A finding, and the stretch of text to cover with a filler so that the rest can be read, if that helps."""

    finding: Finding
    cover: tuple[int, int, str] | None = None


def diagnose(shown: Document, failure: NotYaml) -> Fault:
    """The cause of ``failure`` in the text of ``shown``."""
    return _Diagnosis(shown, failure).fault()


class _Diagnosis:
    """The text around one failure."""

    def __init__(self, shown: Document, failure: NotYaml) -> None:
        self.shown, self.text, self.failure = shown, shown.text, failure
        self.at = min(failure.offset, len(self.text))
        self.began = min(failure.context_offset, len(self.text))

    def fault(self) -> Fault:
        context, problem = self.failure.context, self.failure.problem
        for word, code in (("block scalar", "SOP015"), ("alias", "SOP014"), ("anchor", "SOP013")):
            if context.endswith(word):
                # In `!(a || b)` and `!a && b` it is the first sign that is the trap.
                first = self._value_start(self.began)
                return self._value(_LEADING.get(self._sign(first), code) if first < self.began else code,
                                   min(first, self.began))  # fmt: skip
        if context.endswith((" tag", "tag handle", "URI")) or "tag handle" in problem:
            return self._value("SOP012", self.began if "tag handle" not in problem else self.at)
        if "directive" in context or "directive" in problem:
            return self._word("SOP026", self.began)
        if "next token" in context:
            return self._value("SOP008", self.at)
        if "quoted scalar" in context or "double-quoted" in context:
            return self._quotes(problem)
        if "simple key" in context:
            return self._no_colon()
        if "unexpected ':'" in problem:
            match = re.compile(r":[,?\[\]{}]").search(self.text, self.began)
            return self._word("SOP009", match.start() if match else self.at)
        if "mapping values" in problem:
            return self._second_colon()
        if "sequence entries" in problem:
            return self._word("SOP010", self.at)
        if "no key" in problem:
            return self._word("SOP024", self.at)
        if "mapping keys" in problem:
            return self._value("SOP023", self.at)
        if context in _IN_FLOW:
            return self._in_brackets()
        return self._not_beside()

    # The families of causes -------------------------------------------------------------------------

    def _quotes(self, problem: str) -> Fault:
        if "escape" in problem or "hexadecimal" in problem:
            start = self.began + 1
            while (match := _GOOD_ESCAPES.match(self.text, start)) is not None and match.end() > start:
                start = match.end()
            match = _ESCAPE.match(self.text, start)
            end = match.end() if match else start + 1
            return self._fault("SOP007", start, end, escape=self.text[start:end])
        return self._fault("SOP003", self.began, self.began + 1, sign=self.text[self.began : self.began + 1])

    def _no_colon(self) -> Fault:
        start, end = self._content(self.began)
        if (open_quote := self._open_quote(start)) is not None:
            return open_quote
        if self._sign(start) in "\"'" and self._after_quotes(start) < end:
            return self._value("SOP011", start)
        return self._fault("SOP002", start, end, cover=(start, end, "#"), text=self._short(start, end))

    def _second_colon(self) -> Fault:
        start, end = self._content(self.at)
        value = self._value_start(self.at)
        if (open_quote := self._open_quote(start)) is not None:
            return open_quote
        if value >= self.at or value == start:
            # The colon belongs to the line's own key: this line stands wrong, or the one above lacks a colon.
            above, above_end = self._content(max(len(self.text[:start].rstrip()) - 1, 0))
            if above < start and not re.match(r".*:(\s|$)|-\s|.*#", self.text[above:above_end]):
                text = self._short(above, above_end)
                return self._fault("SOP002", above, above_end, cover=(above, above_end, "#"), text=text)
            return self._fault("SOP006", start, end)
        if self._sign(value) in "\"'":
            return self._value("SOP011", value)
        return self._value(_LEADING.get(self._sign(value), "SOP016"), value)

    def _in_brackets(self) -> Fault:
        bracket = self._bracket()
        if not self.text[self.at :].strip() or self._starts_block_line(self.at):
            return self._fault("SOP004", bracket, bracket + 1, sign=self._sign(bracket))
        before = self.text[: self.at].rstrip()
        sign = self._sign(self.at)
        if self.failure.context == "while parsing a flow node" and sign in ",]}":
            return self._fault("SOP005", self.at, self.at + 1, sign=sign)
        value = self._value_start(self.at)
        if value < self.at and self._sign(value) in "\"'" and self._after_quotes(value) <= self.at:
            return self._value("SOP011", value)
        if value < self.at and sign == ":":
            return self._value("SOP016", value)
        if value < self.at and (sign in "[{()" or before[-1:] in "\"']}"):
            return self._value("SOP018", value)
        if (closing := self._wrong_closing(bracket)) is not None:
            return closing
        return self._fault("SOP005", self.at, self.at + 1, sign=sign)

    def _not_beside(self) -> Fault:
        """The parser met something that cannot stand here, outside brackets."""
        if self.at >= len(self.text):
            start, end = self._content(max(0, len(self.text.rstrip()) - 1))
            return self._fault("SOP001", start, end)
        start, end = self._content(self.at)
        if self._sign(self.at) in "]}":
            return self._fault("SOP005", self.at, self.at + 1, sign=self._sign(self.at))
        if (open_quote := self._open_quote(start)) is not None:
            return open_quote
        value = self._value_start(self.at)
        if value < self.at and self._sign(value) in "\"'":
            return self._value("SOP011", value)
        if value < self.at and self._sign(value) in "[{":
            return self._value("SOP018", value)
        if self.at != start:
            return self._fault("SOP001", start, end)
        if self._sign(start) == "%":
            return self._word("SOP026", start)
        if self._sign(start) == ":":
            return self._word("SOP024", start)
        no_key = self._sign(start) in "[{" or not _COLON.search(self.text, start, end)
        if no_key and not self.text.startswith("- ", start):
            return self._fault("SOP002", start, end, cover=(start, end, "#"), text=self._short(start, end))
        return self._fault("SOP006", start, end)

    # Looking around ---------------------------------------------------------------------------------

    def _sign(self, at: int) -> str:
        return self.text[at : at + 1] or "\n"

    def _content(self, at: int) -> tuple[int, int]:
        """The line around ``at`` without its margin and its end."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        line = self.text[start:end]
        return start + len(line) - len(line.lstrip()), start + max(len(line.rstrip()), 1)

    def _value_start(self, at: int) -> int:
        """Where the value around ``at`` begins: behind its key, its dash or its bracket on the same line."""
        start = self.text.rfind("\n", 0, at) + 1
        block = _BLOCK_VALUE.match(self.text, start)
        value = block.end() if block else start
        if value >= at or self._sign(value) not in "{[":
            return value
        inner = value + 1
        for match in _FLOW_KEY.finditer(self.text, value, at):
            inner = match.end()
        if self._sign(value) == "[" and inner == value + 1:
            comma = self.text.rfind(", ", value, at)
            inner = comma + 2 if comma >= 0 else inner
        closed = self.text.count("[", value, at) + self.text.count("{", value, at)
        if closed == self.text.count("]", value, at) + self.text.count("}", value, at):
            return value  # the brackets are closed before `at`: the value began with them and goes on
        return inner

    def _value_end(self, value: int) -> int:
        """Where the value that begins at ``value`` probably ends on its line."""
        start, end = self._content(value)
        before = self.text[start:value]
        depth = sum(map(before.count, "[{")) - sum(map(before.count, "]}"))
        if depth <= 0:
            return end
        following = _NEXT_FLOW_KEY.search(self.text, value, end)
        if following:
            return following.start()
        while depth and end > value and self.text[end - 1] in "]} ,":
            depth -= self.text[end - 1] in "]}"
            end -= 1
        return end

    def _after_quotes(self, start: int) -> int:
        """Behind the quotes that open at ``start`` (the end of the text if they never close)."""
        sign = self._sign(start)
        pattern = r'"(?:\\.|[^"\\])*"' if sign == '"' else r"'(?:''|[^'])*'"
        match = re.compile(pattern, re.DOTALL).match(self.text, start)
        return match.end() if match else len(self.text)

    def _open_quote(self, line_start: int) -> Fault | None:
        """Quotes that open on a line just above and close only here: the likely cause of trouble here."""
        above = self.text.rfind("\n", 0, line_start)
        for _ in range(10):
            if above < 0:
                return None
            start, end = self._content(max(above - 1, 0))
            value = self._value_start(end)
            if value < end and self._sign(value) in "\"'" and self._after_quotes(value) > line_start:
                return self._fault("SOP003", value, value + 1, sign=self._sign(value))
            above = self.text.rfind("\n", 0, start)
        return None

    def _bracket(self) -> int:
        """The bracket that is open where the parser stopped."""
        if self.failure.context != "while parsing a flow node" and self.text[self.began : self.began + 1] in ("[", "{"):
            return self.began
        closed = 0
        for match in _BRACKETS_BACK.finditer(self.text[: self.at][::-1]):
            closed += 1 if match[0] in "]}" else -1
            if closed < 0:
                return self.at - match.end()
        return 0

    def _starts_block_line(self, at: int) -> bool:
        """Whether ``at`` is on a later line than the open bracket, in one that reads ``key: …``, ``- …`` or ``...``."""
        start = self.text.rfind("\n", 0, at) + 1
        if self._bracket() >= start:
            return False
        return _BLOCK_LINE.match(self.text, start) is not None

    def _wrong_closing(self, bracket: int) -> Fault | None:
        sign, wanted = self._sign(self.at), {"[": "]", "{": "}"}.get(self._sign(bracket))
        if sign in "]}" and sign != wanted:
            return self._fault("SOP005", self.at, self.at + 1, sign=sign)
        return None

    # Findings ---------------------------------------------------------------------------------------

    def _value(self, code: str, start: int) -> Fault:
        """``code`` about the whole value at ``start``, to be put in quotes."""
        end = max(self._value_end(start), start + 1)
        text = self.text[start:end].rstrip()
        end = start + len(text)
        mended = quoted(text) if len(text) <= _MOST_SHOWN else '"…"'
        fields = {"sign": text[:1], "text": self._short(start, end), "quoted": mended}
        return self._fault(code, start, end, cover=(start, end, "x"), **fields)

    def _word(self, code: str, start: int) -> Fault:
        return self._fault(code, start, start + 1)

    def _short(self, start: int, end: int) -> str:
        text = self.text[start:end].strip()
        return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"

    def _fault(
        self, code: str, start: int, end: int, *, cover: tuple[int, int, str] | None = None, **fields: object
    ) -> Fault:
        start = min(start, max(len(self.text) - 1, 0))
        return Fault(Finding(code, place=self.shown.between(start, end), fields=fields), cover)
