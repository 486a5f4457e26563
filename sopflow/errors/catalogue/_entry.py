"""One entry of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code says. Templates are ``str.format`` texts over the finding's fields.

    ``text`` and ``mend`` hold a template per language (``en`` and ``zh``); both languages use the same
    fields. A template may use fewer fields than the finding has, never more; a stretch in
    ``[[…]]`` is shown only where its fields are given. ``mend`` may be empty where the
    text already says what to do.
    """

    severity: str  # "error", "warning" or "info"
    text: dict[str, str]
    mend: dict[str, str]


def error(en: str, zh: str, mend_en: str = "", mend_zh: str = "") -> Entry:
    """An entry that stops a definition (or an input) from being used."""
    return Entry("error", {"en": en, "zh": zh}, {"en": mend_en, "zh": mend_zh})


def warning(en: str, zh: str, mend_en: str = "", mend_zh: str = "") -> Entry:
    """An entry that is reported and stops nothing."""
    return Entry("warning", {"en": en, "zh": zh}, {"en": mend_en, "zh": mend_zh})
