"""What formats of XML share: names that XML takes, texts that it may hold, and a document as text.

Knows XML only.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

# Control characters and halves of surrogate pairs may not stand in XML, not even escaped (XML 1.0, production 2).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """``text`` with a replacement sign for what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def xml_id(kind: str, id: str) -> str:
    """An XML id that stays the same as long as the step keeps its path (Namespaces in XML 1.0, production 4)."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9_.-]', '_', id)}"


def add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str | float) -> ET.Element:
    """Put an element into ``parent``. Numbers are given to a tenth; a ``_`` at the end of a name is dropped."""
    given = {name.rstrip("_"): _said(value) for name, value in attributes.items()}
    made = ET.SubElement(parent, tag, given)
    if text:
        made.text = xml_text(text)
    return made


def document(root: ET.Element) -> str:
    """The file's text, indented."""
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _said(value: str | float) -> str:
    return xml_text(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
