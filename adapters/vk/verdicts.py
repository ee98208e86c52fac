"""What an error of VK means for a delivery: wait, the customer cannot be reached, or tell the operator. Pure.

Codes and meanings: https://dev.vk.com/ru/reference/errors, and each method's own page.
"""

from adapters.vk.words import Words
from bot.channel import RetryLater, Undeliverable

NO_KEY = frozenset({5, 27, 28})
"""The key is not accepted: only a person can mend it, and nothing is lost meanwhile."""
KEY_PAUSE = 60.0
PATIENCE = 30
"""So often a fault that VK calls its own is waited for; one message may be what it always stumbles over."""
CAPTCHA_PATIENCE = 5

_LATER = {
    # Too many calls a second, on the whole key.
    6: ("busy", 1.0, True),
    # The same thing too often: this customer's lane alone waits.
    9: ("busy", None, False),
    # A method's own quota, for minutes or hours.
    29: ("busy", 60.0, True),
}
_ITS_FAULT = frozenset({1, 10, 13, 36})
_UNREACHABLE = {
    18: "deleted",
    113: "deleted",
    900: "blacklisted",
    901: "forbids",
    902: "forbids",
    917: "closed",
    922: "closed",
    927: "closed",
    932: "closed",
    935: "closed",
    936: "deleted",
    945: "closed",
    946: "closed",
    962: "closed",
    985: "closed",
    987: "forbids",
    988: "forbids",
}
_OPERATOR = {
    7: "no_rights",
    15: "no_rights",
    203: "no_rights",
    212: "public_closed",
    213: "public_closed",
    222: "refused",
    909: "edit_late",
    910: "too_big",
    911: "bad_buttons",
    912: "bots_off",
    914: "too_long",
    920: "edit_never",
    924: "delete_late",
    949: "edit_never",
    950: "too_late",
}
BUTTONS = frozenset({911, 912})
"""Errors that the same message without buttons does not meet."""


def verdict(code: int, attempts: int, words: Words) -> RetryLater | Undeliverable:
    """What to raise for an error; `attempts` is how often this delivery was tried before."""
    if code in NO_KEY:
        return RetryLater(words["no_key"], after=KEY_PAUSE, everywhere=True)
    if code in _LATER:
        reason, after, everywhere = _LATER[code]
        return RetryLater(words[reason], after=after, everywhere=everywhere)
    if code in _ITS_FAULT and attempts < PATIENCE:
        return RetryLater(words["broken"])
    if code == 14:
        if attempts < CAPTCHA_PATIENCE:
            return RetryLater(words["captcha"])
        return Undeliverable(words["captcha"])
    if code in _UNREACHABLE:
        return Undeliverable(words[_UNREACHABLE[code]], unreachable=True)
    return Undeliverable(words[_OPERATOR.get(code, "refused")].format(code=code))
