"""The holidays of countries and regions, by the ``holidays`` package: the only module that knows it.

The package comes with the extra ``[calendar]`` and is imported only when a calendar names a country.

Where a government publishes its holidays year by year, the package answers for later years with the rules of
the law alone: in China without the long holidays and the Saturdays worked for them, which the State Council
announces each November. Such years are *not published*, and dates in them are provisional.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

PUBLISHED: Mapping[str, int] = {
    **dict.fromkeys(("BY", "CN", "HU", "IN", "KR", "KZ", "LV", "MY", "TH", "TW", "UA", "UZ", "VN"), 2026),
    **dict.fromkeys(("ID", "PH", "RU"), 2027),
}
"""The last year whose holidays were settled when this was written, where a notice of each year decides.

Newer data in the installed package count as well: see ``CountryHolidays.published``.
"""

_ESTIMATED = "estimated"  # how the package marks dates that hang on the sight of the moon


class _Package(Protocol):
    """What is used of the package's calendars: a map from dates to names."""

    weekend: set[int]
    weekend_workdays: set[dt.date]
    start_year: int
    end_year: int
    special_public_holidays: Mapping[int, object]

    def items(self) -> list[tuple[dt.date, str]]: ...


def available() -> bool:
    """Whether the package is installed."""
    return find_spec("holidays") is not None


def known(country: str, region: str | None) -> bool:
    """Whether the package knows the country and, if one is given, the region."""
    try:
        _load(country, region, 2025)
    except (NotImplementedError, KeyError, ValueError):
        return False
    return True


def countries() -> tuple[str, ...]:
    """The codes of the countries that the package knows."""
    return tuple(import_module("holidays").list_supported_countries(include_aliases=False))


@dataclass(frozen=True, slots=True)
class CountryHolidays:
    """A ``HolidaySource``: the public holidays of a country (ISO 3166-1 alpha-2) or one of its regions."""

    country: str
    region: str | None = None

    def special(self, year: int) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
        loaded = _load(self.country, self.region, year)
        off = frozenset(date for date, _ in loaded.items() if date.year == year)
        on = frozenset(date for date in loaded.weekend_workdays if date.year == year)
        return off - on, on

    def published(self, year: int) -> bool:
        loaded = _load(self.country, self.region, year)
        if not loaded.start_year <= year <= loaded.end_year:
            return False
        last = PUBLISHED.get(self.country)
        if last is not None and year > max(last, self._newest(loaded)):
            return False
        return not any(_ESTIMATED in name for date, name in loaded.items() if date.year == year)

    def weekend(self) -> frozenset[int]:
        """The weekdays on which the country does not work, as numbers from 0 (Monday)."""
        return frozenset(_load(self.country, self.region, 2025).weekend)

    def _newest(self, loaded: _Package) -> int:
        """The last year for which the installed package holds a notice; only China's notices come whole."""
        return max(loaded.special_public_holidays, default=0) if self.country == "CN" else 0


@lru_cache(maxsize=1024)
def _load(country: str, region: str | None, year: int) -> _Package:
    package = import_module("holidays")
    return cast(_Package, package.country_holidays(country, subdiv=region, years=year, language="en_US"))
