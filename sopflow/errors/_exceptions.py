"""The exceptions; each carries its parts as attributes and a text that stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sopflow.errors._finding import Finding, Report


class SopflowError(Exception):
    """Base of every exception that sopflow raises on purpose."""


class DefinitionError(SopflowError):
    """A definition cannot be used; ``report`` holds every finding, not just the first."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(report)

    def __str__(self) -> str:
        from sopflow.errors.show import as_text

        return as_text(self.report)


class UsageError(SopflowError):
    """An argument, a file or a value cannot be used as given; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding)

    def __str__(self) -> str:
        return f"{self.finding.code}: {self.finding.text()} {self.finding.mend()}".rstrip()


class NotFound(UsageError):
    """Nothing of that name exists."""


class Refused(SopflowError):
    """A run did not accept an input, and nothing has changed.

    ``code`` is the refusal's word (``role``, ``not-open``, ``type`` …), ``finding`` the full diagnosis.
    """

    def __init__(
        self, code: str, finding: Finding, *, details: Mapping[str, object] | None = None, missing: Sequence[str] = ()
    ) -> None:
        self.code = code
        self.finding = finding
        self.details = dict(details or {})
        self.missing = tuple(missing)
        super().__init__(code, finding)

    def __str__(self) -> str:
        return f"{self.finding.code} ({self.code}): {self.finding.text()} {self.finding.mend()}".rstrip()
