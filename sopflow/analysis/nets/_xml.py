"""XML as a plain tree with lines and columns, read so that a file can neither open others nor grow: no DTD at all.

Knows no vocabulary; names of elements and attributes are without their namespaces.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from sopflow.analysis.nets._json import MOST_BYTES
from sopflow.dsl import Document
from sopflow.errors import DefinitionError, Finding, Place, Report

_MOST_DEPTH = 100
_MOST_ELEMENTS = 500_000


@dataclass(slots=True)
class Element:
    """One element; ``text`` is all the text in it, without that of its children."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def child(self, tag: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def said(self, tag: str) -> str:
        """The text in the child of that name, or in the ``text`` of it, as PNML has it."""
        child = self.child(tag)
        inner = child.child("text") if child else None
        return (inner or child or Element("", {}, 0, 0)).text.strip()


def read_xml(raw: bytes, file: str) -> tuple[Document, Element]:
    """The text of a file, and its outermost element; raises DefinitionError where it cannot be read."""
    encoding = "utf-16" if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    document = Document(file, raw[:MOST_BYTES].decode(encoding, "replace").replace("\r\n", "\n"), {})
    if len(raw) > MOST_BYTES:
        fields = {"most": f"{MOST_BYTES // 1024**2} MiB"}
        raise DefinitionError(Report((Finding("SOP035", place=document.between(0, 0), fields=fields),)))
    reader = _Reader(document)
    return document, reader.read(raw)


def place_of(document: Document, element: Element) -> Place:
    """Where an element begins."""
    line, column = element.line, element.column + 1
    return Place(document.file, line, column, line, column + len(element.tag) + 1)


def refusal(
    document: Document, line: int, column: int, what: str, what_zh: str, how: str = "", how_zh: str = ""
) -> DefinitionError:
    """That a file cannot be read as a model."""
    place = Place(document.file, line, column + 1, line, column + 2)
    fields = {"what": what, "what_zh": what_zh, "how": how, "how_zh": how_zh}
    return DefinitionError(Report(document.with_sources([Finding("SOP450", place=place, fields=fields)])))


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = Element("", {}, 1, 0)
        self._open = [self._root]
        self._number = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, raw: bytes) -> Element:
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError as error:
            words = expat.ErrorString(error.code)
            raise refusal(
                self._document, error.lineno, error.offset, f"its XML is broken ({words})", f"XML 有误({words})"
            ) from None
        except (ValueError, LookupError) as error:  # an encoding that nobody knows
            raise refusal(self._document, 1, 0, f"its XML is broken ({error})", f"XML 有误({error})") from None
        return self._root.children[0]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._number += 1
        if self._number > _MOST_ELEMENTS:
            self._refuse(f"it has more than {_MOST_ELEMENTS} elements", f"元素超过 {_MOST_ELEMENTS} 个")
        if len(self._open) > _MOST_DEPTH:
            self._refuse(f"it is nested more than {_MOST_DEPTH} levels deep", f"嵌套超过 {_MOST_DEPTH} 层")
        bare = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        element = Element(tag.rpartition(" ")[2], bare, line, column)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, tag: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _doctype(self, *_: object) -> None:
        self._refuse(
            "it has a document type (‘<!DOCTYPE’), which may hide what is read",
            "其中有文档类型声明(“<!DOCTYPE”),可能隐藏要读取的内容",
        )

    def _refuse(self, what: str, what_zh: str) -> NoReturn:
        raise refusal(self._document, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber, what, what_zh)
