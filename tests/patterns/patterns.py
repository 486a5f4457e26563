"""The control-flow patterns: one definition and one test for each, and what the head of the definition says of it.

The numbers are those of N. Russell, A. ter Hofstede, W. van der Aalst, N. Mulyar, *Workflow Control-Flow
Patterns: A Revised View*, BPM Center Report BPM-06-22, 2006. Knows the files of this folder, and nothing of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

NUMBERS = range(1, 44)
SHOULD = {8, 12, 15, 17, 22, 23, 27, 36, 37}
REFUSED = {38, 41, 42}
_ONE_WAVE = "Here each visit of a `parallel` has a join of its own, so there is never a second wave at a join."

#: Number → name, and why the language has nothing to offer.
WITHOUT_OBJECT = {
    28: ("Blocking discriminator", f"It holds back a second wave until the first has passed. {_ONE_WAVE}"),
    31: ("Blocking partial join", f"As 28, with n of m. {_ONE_WAVE}"),
    33: ("Generalised AND-join", f"It pairs what arrives in several waves, in whatever order. {_ONE_WAVE}"),
}

_HEAD = re.compile(r"# WCP-(\d+) (.+)\n# Asks: .+(?:\n#   .+)*\n# Here: (.+(?:\n#   .+)*)\n(?!#)")
_TEST = re.compile(r"^def (test_wcp_(\d\d)_\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that has a definition; ``here`` is how the language says it, in the words of the definition's head.

    ``rank`` is ``must``, ``should`` or ``refused``; ``test`` is the name of the test in ``module``.
    """

    number: int
    name: str
    rank: str
    here: str
    file: Path
    module: Path
    test: str


def file_of(number: int) -> Path:
    """The one definition of the pattern."""
    (file,) = FOLDER.glob(f"wcp-{number:02}-*.sop.yaml")
    return file


def patterns() -> Iterator[Pattern]:
    """The patterns that have a definition, by number.

    Raises ValueError where a pattern has no file or more than one, no test, or a head that cannot be read.
    """
    tests = {int(number): (module, name) for module, name, number in written_tests()}
    for number in sorted(set(NUMBERS) - WITHOUT_OBJECT.keys()):
        file = file_of(number)
        head = _HEAD.match(file.read_text(encoding="utf-8"))
        if head is None or int(head[1]) != number or number not in tests:
            raise ValueError(f"{file.name} has no test, or its head is not of the form: WCP-N NAME, Asks:, Here:")
        yield Pattern(number, head[2], _rank(number), _joined(head[3]), file, *tests[number])


def written_tests() -> Iterator[tuple[Path, str, str]]:
    """The tests of patterns in this folder: module, name, the number in the name."""
    for module in sorted(FOLDER.glob("test_*.py")):
        for test in _TEST.finditer(module.read_text(encoding="utf-8")):
            yield module, test[1], test[2]


def _rank(number: int) -> str:
    return "refused" if number in REFUSED else "should" if number in SHOULD else "must"


def _joined(lines: str) -> str:
    return lines.replace("\n#   ", " ")
