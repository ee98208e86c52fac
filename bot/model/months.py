"""The names of months, as they stand behind a day: «5 января»."""

from collections.abc import Mapping
from types import MappingProxyType

MONTHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        language: tuple(names.split())
        for language, names in {
            "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            "en": "January February March April May June July August September October November December",
        }.items()
    }
)
"""By language; January is the first."""
