"""Files of facts: what a source says, one fact an entry. Knows nothing of definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from sopflow import dsl
from sopflow.errors import Finding, Place, UsageError, nearest
from sopflow.model import show_path

PartPath = tuple[str | int, ...]

_SHOWN = 8
_FILE = {"what": "a file of facts", "what_zh": "事实文件"}
_FACT = {"what": "a fact", "what_zh": "事实"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a source says, as its file of facts has it.

    ``quote`` holds the words of the source, ``en`` and ``zh`` what they say, ``node`` the definition and the step that
    carry it (``marketing/hosting#write``), ``alternative`` another reading; each is ``""`` where nothing is said.
    """

    id: str
    kind: str = ""
    quote: str = ""
    en: str = ""
    zh: str = ""
    node: str = ""
    alternative: str = ""
    place: Place | None = None

    def text(self, lang: str = "en") -> str:
        """What it says, in ``lang`` where its file has that."""
        said = (self.zh, self.quote, self.en) if lang.startswith("zh") else (self.en, self.quote, self.zh)
        return next((text for text in said if text), "")


def read_facts(folder: Traversable, name: str) -> tuple[dict[str, Fact], tuple[Finding, ...]]:
    """The facts of the file ``name`` in ``folder`` by id, and all that is wrong with it.

    A finding without a place says that there is no such file, or that it cannot be read.
    """
    file = folder / name
    try:
        document = dsl.format_of(file.name).read(file.read_bytes(), str(file))
    except UsageError as error:
        return {}, (error.finding,)
    except (FileNotFoundError, KeyError):  # the second where it would be in a zip
        there = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
        names = ", ".join(nearest(name, there, most=3) or there[:_SHOWN]) or "–"
        return {}, (Finding("SOP603", fields={"name": name, "folder": str(folder), "names": names}),)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return {}, (Finding("SOP190", fields={"file": str(file), "reason": reason}),)
    facts: dict[str, Fact] = {}
    findings = [*document.findings, *_facts_of(document, facts)]
    return facts, document.with_sources(findings)


def _facts_of(document: dsl.Document, facts: dict[str, Fact]) -> Iterator[Finding]:
    """Put the facts of a document into a map; what is misshapen is left out and told."""
    data = document.data
    if not isinstance(data, dict):
        yield Finding("SOP112", place=document.place())
    elif "facts" not in data:
        if document.whole:
            yield Finding("SOP103", place=document.place(), fields={"key": "facts", **_FILE})
    elif not isinstance(data["facts"], list):
        yield Finding("SOP111", place=document.place(("facts",)), path="facts")
    else:
        for index, entry in enumerate(data["facts"]):
            yield from _fact_of(document, ("facts", index), entry, facts)


def _fact_of(document: dsl.Document, path: PartPath, entry: object, facts: dict[str, Fact]) -> Iterator[Finding]:
    if not isinstance(entry, dict):
        yield Finding("SOP112", place=document.place(path), path=show_path(path))
        return
    own, place = entry.get("id"), document.place((*path, "id"))
    if not isinstance(own, str) or not own.strip():
        code = "SOP103" if own in (None, "") else "SOP113"
        yield Finding(code, place=place, path=show_path(path), fields={"key": "id", **_FACT})
    elif own in facts:
        yield Finding("SOP514", place=place, path=show_path(path), fields={"name": own})
    else:
        texts: dict[str, str] = {}
        for name in ("kind", "quote", "en", "zh", "node", "alternative"):
            here = (*path, name)
            match entry.get(name):
                case None:
                    continue
                case str() as text:
                    texts[name] = text.strip()
                case bool() | int() | float():  # a quoted number is still the words of the source
                    texts[name] = document.written(here)
                case _:
                    yield Finding("SOP113", place=document.place(here), path=show_path(here))
        facts[own] = Fact(own, place=place, **texts)
