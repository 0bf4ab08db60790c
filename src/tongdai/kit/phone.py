"""Phone numbers: what was dialled or shown, and what it means (E.164), kept apart."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers


class NumberKind(StrEnum):
    """What a number costs and how it may be used; the basis of dial classes."""

    INTERNAL = "internal"
    NATIONAL = "national"
    INTERNATIONAL = "international"
    PREMIUM = "premium"
    EMERGENCY = "emergency"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as it was received and, where it can be read, in E.164.

    `e164` is None for withheld, internal and unreadable numbers. `raw` is never changed.
    """

    raw: str
    e164: str | None

    @property
    def display(self) -> str:
        return self.e164 or self.raw


WITHHELD = frozenset({"", "anonymous", "unavailable", "unknown", "restricted", "private", "asterisk"})
PREMIUM_TYPES = frozenset({
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
})  # fmt: skip


def is_withheld(raw: str) -> bool:
    """True for the words that carriers and phones send in place of a hidden number."""
    return raw.strip().lower() in WITHHELD


def parse_number(raw: str, country: str) -> PhoneNumber:
    """Read a number as dialled in `country` (ISO 3166 alpha-2, such as "VN").

    Never raises: what cannot be read keeps only its raw form.
    """
    if is_withheld(raw) or len(raw) > 64:
        return PhoneNumber(raw[:64], None)
    try:
        parsed = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return PhoneNumber(raw, None)
    if not phonenumbers.is_possible_number(parsed):
        return PhoneNumber(raw, None)
    return PhoneNumber(raw, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=2000)
def national_format(e164: str) -> str:
    """The number as people of its own country write it; the input itself when it cannot be read."""
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def kind_of(raw: str, country: str) -> NumberKind:
    """Classify a dialled outside number for dial classes. Emergency is decided before everything else."""
    digits = raw.strip().replace(" ", "").replace("-", "")
    if phonenumbers.is_emergency_number(digits, country):
        return NumberKind.EMERGENCY
    try:
        parsed = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return NumberKind.UNKNOWN
    if not phonenumbers.is_possible_number(parsed):
        return NumberKind.UNKNOWN
    if phonenumbers.number_type(parsed) in PREMIUM_TYPES:
        return NumberKind.PREMIUM
    home = phonenumbers.country_code_for_region(country)
    return NumberKind.NATIONAL if parsed.country_code == home else NumberKind.INTERNATIONAL


@dataclass(frozen=True, slots=True)
class CallableNumber:
    """A number that somebody asks to be called on. `e164` None: it is no valid number of anywhere."""

    e164: str | None
    kind: NumberKind


def callable_number(raw: str, country: str) -> CallableNumber:
    """What was typed or shown, as a number to call: valid, not just possible. Never raises."""
    kind = kind_of(raw, country)
    read = parse_number(raw, country)
    if kind is NumberKind.EMERGENCY or read.e164 is None:
        return CallableNumber(None, kind)
    valid = phonenumbers.is_valid_number(phonenumbers.parse(read.e164))
    return CallableNumber(read.e164 if valid else None, kind)


def as_dialled(e164: str, how: str, country: str) -> str:
    """A number as a carrier in `country` wants it. `how`: e164 (+84912345678), digits (84912345678), national (0912345678, and
    0038044… for abroad). What is no E.164 (emergency numbers, service numbers) stays as it is."""
    if not e164.startswith("+") or how == "e164":
        return e164
    if how == "digits":
        return e164[1:]
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return re.sub(r"\D", "", phonenumbers.format_out_of_country_calling_number(parsed, country))


@lru_cache(maxsize=2000)
def zones_of(e164: str) -> tuple[str, ...]:
    """The time zones in which people with this number live, by its prefix; empty where that says nothing (satellites, say)."""
    from phonenumbers import timezone  # 200 kB that only outbound calls need

    try:
        found = timezone.time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE)


def time_zone_of(e164: str, fallback: str) -> str:
    """The time zone of a number's place; `fallback` where it is among several possible ones, or none is known."""
    zones = zones_of(e164)
    return fallback if fallback in zones or not zones else zones[0]


def whole_number(query: str, country: str) -> str | None:
    """E.164 of a query that is a whole number, as it is given out in its country; None for parts of numbers and for words."""
    if number_fragment(query) is None:
        return None
    try:
        parsed = phonenumbers.parse(query, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def number_fragment(query: str) -> str | None:
    """The digits by which a number may be found: national zeros and punctuation do not count. None: not a number."""
    if re.search(r"[^\d\s+().\-/]", query):
        return None
    digits = re.sub(r"\D", "", query).lstrip("0")
    return digits if len(digits) >= 3 else None
