"""The words of the flow language, and what may stand beside each. Data: the schemas and the docs read it too."""

from collections.abc import Mapping
from types import MappingProxyType

EVERYWHERE = ("id", "if", "comment", "by_channel")
FLOW_KEYS = ("flow", "title", "start", "slots", "steps", "interrupts", "on_update", "snippets")
START_KEYS = ("commands", "phrases", "event", "channels", "if", "fallback")
SLOT_KEYS = ("type", "keep", "personal")
OPTION_KEYS = (
    "text", "also", "goto", "call", "handoff", "then", "say", "url", "clear", "cancel", "if", "by_channel",
    "queue", "priority", "offline", "note", "comment",
)  # fmt: skip
BUTTON_KEYS = ("text", "url", "share", "goto", "call", "if", "by_channel")
REMIND_KEYS = ("after", "say", "end", "by_channel")
INTERRUPT_KEYS = ("faq", "operator", "cancel")

MODIFIERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "say": ("buttons", "image", "file"),
        "ask": (
            "save", "type", "buttons", "retry", "tries", "on_fail", "optional", "hint", "remind",
            "interrupts", "always",
        ),
        "choose": (
            "options", "options_from", "option", "save", "columns", "multiple", "retry", "tries",
            "on_fail", "remind", "interrupts",
        ),
        "find": ("where", "sort", "top", "save"),
        "set": (),
        "if": ("then", "else"),
        "call": ("with", "save"),
        "goto": (),
        "action": ("with", "save", "timeout", "on_error"),
        "http": (
            "method", "url", "headers", "json", "form", "save", "timeout", "retries", "on_error",
        ),
        "handoff": ("queue", "priority", "say", "offline", "note"),
        "wait": ("for", "on_message"),
        "end": ("say",),
    }
)  # fmt: skip
"""Each action word with its modifiers."""

BLOCKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "if": ("then", "else"),
        "ask": ("on_fail",),
        "choose": ("on_fail",),
        "action": ("on_error",),
        "http": ("on_error",),
        "wait": ("on_message",),
    }
)
"""Modifiers that hold steps."""

ACTIONS = tuple(MODIFIERS)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
VERBS = ("ticket.create", "tag.add", "tag.remove", "customer.set")
EVENTS = ("first_contact", "ticket_closed")
