"""The schemas of one project, filled with its own names."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from bot.config.keys import CHANNELS, KEYS, Key
from bot.config.settings import Config
from bot.dialog.loader import words
from bot.dialog.loader.talks import LineKind
from bot.dialog.script import Script
from bot.dialog.slots import TYPES
from bot.model.abilities import KINDS
from bot.schemas.about import about

Schema = dict[str, Any]
_DRAFT = "http://json-schema.org/draft-07/schema#"
_SCALARS = {"integer": "integer", "number": "number", "yes": "boolean"}
_DURATION = r"^(\d+(ms|s|m|h|d|w)\s*)+$"
_PLAIN = {"type": ["string", "number", "boolean", "null"]}
_ANY_STEPS = {"anyOf": [{"$ref": "#/definitions/step"}, {"$ref": "#/definitions/steps"}]}


def schemas(config: Config, script: Script | None) -> dict[str, str]:
    """File names and their contents."""
    made = {
        "flow.schema.json": _Flow(config, script).schema(),
        "faq.schema.json": _faq(config, script),
        "config.schema.json": _config(),
        "test.schema.json": _test(),
    }
    return {
        name: msgspec.json.format(msgspec.json.encode({"$schema": _DRAFT, **schema})).decode()
        + "\n"
        for name, schema in made.items()
    }


def _mapping(keys: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(keys), "additionalProperties": False}
    return {**schema, "required": [*required]} if required else schema


def _some(names: Iterable[str]) -> Schema:
    """A text, with names to complete from."""
    listed = sorted(set(names))
    return {"anyOf": [{"enum": listed}, {"type": "string"}]} if listed else {"type": "string"}


def _one_or_more(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


class _Flow:
    """The schema of `flows/*.yaml`."""

    def __init__(self, config: Config, script: Script | None) -> None:
        self._language = config.business.language
        flows = script.flows if script else {}
        slots = {name for flow in flows.values() for name in flow.slots}
        steps = {id for flow in flows.values() for id in flow.steps if "." not in id}
        queues = [queue.id for queue in config.business.queues]
        tables = script.tables if script else {}
        self._own: dict[str, Schema] = {
            "save": _some(slots),
            "goto": _some([*steps, "start", "menu"]),
            "call": _some([*flows, "faq"]),
            "queue": _some(queues),
            "find": _some(tables),
            "action": _some(words.VERBS),
            "channels": _one_or_more(_some([*KINDS, *config.channels])),
            "type": {"enum": sorted(TYPES)},
            "share": {"enum": ["phone", "location"]},
            "on_update": {"enum": ["keep", "restart"]},
            "method": {"enum": [*words.METHODS]},
        }

    def schema(self) -> Schema:
        """The top of a file, with steps and options as definitions."""
        top = {key: self._key(key) for key in words.FLOW_KEYS}
        top["steps"] |= {"$ref": "#/definitions/steps"}
        top["start"] |= self._named(words.START_KEYS)
        top["slots"] |= {"type": "object", "additionalProperties": self._slot()}
        top["interrupts"] |= self._named(words.INTERRUPT_KEYS)
        return {
            **_mapping(top, ("flow", "steps")),
            "definitions": {
                "steps": {"type": "array", "items": {"$ref": "#/definitions/step"}},
                "step": {"anyOf": [*map(self._step, words.ACTIONS), self._insert()]},
                "option": {"anyOf": [_PLAIN, self._named(words.OPTION_KEYS)]},
            },
        }

    def _key(self, key: str) -> Schema:
        return {**self._own.get(key, {}), **self._said(key)}

    def _said(self, key: str) -> Schema:
        said = about(key, self._language)
        return {"description": said} if said else {}

    def _named(self, keys: Iterable[str]) -> Schema:
        return _mapping({key: self._key(key) for key in keys})

    def _step(self, word: str) -> Schema:
        keys = {key: self._key(key) for key in (*words.EVERYWHERE, *words.MODIFIERS[word], word)}
        for block in words.BLOCKS.get(word, ()):
            keys[block] |= _ANY_STEPS
        if "options" in keys:
            labels = {"type": "array", "items": _PLAIN}
            named = {"type": "object", "additionalProperties": {"$ref": "#/definitions/option"}}
            keys["options"] |= {"anyOf": [named, labels]}
        if "type" in keys:
            keys["type"] = {**self._said("type"), "anyOf": [self._own["type"], self._slot_keys()]}
        return _mapping(keys, (word,))

    def _insert(self) -> Schema:
        return _mapping({"insert": self._key("insert")}, ("insert",))

    def _slot(self) -> Schema:
        return {"anyOf": [self._own["type"], self._slot_keys()]}

    def _slot_keys(self) -> Schema:
        keys = {key: self._key(key) for key in (*words.SLOT_KEYS, "comment")}
        for description in TYPES.values():
            for name, parameter in description.parameters.items():
                said = parameter.about_ru if self._language == "ru" else parameter.about
                keys.setdefault(name, {"description": said})
        return _mapping(keys)


def _faq(config: Config, script: Script | None) -> Schema:
    text = {"type": "string"}
    topics = {entry.topic for entry in script.faq.values() if entry.topic} if script else set()
    entry = _mapping(
        {
            "id": text,
            "topic": _some(topics),
            "questions": _one_or_more(text),
            "answer": text,
            "buttons": {"type": "array"},
            "channels": _one_or_more(_some([*KINDS, *config.channels])),
            "by_channel": {"type": "object"},
            "comment": text,
        },
        ("id", "questions", "answer"),
    )
    listed = {"type": "array", "items": entry}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    group = {"type": "array", "items": text, "minItems": 2}
    settings: dict[str, Schema] = {
        "entries": listed,
        "answer_from": share,
        "suggest_from": share,
        "synonyms": {"type": "array", "items": group},
        "ask_helped": {"type": "boolean"},
        "comment": text,
    }
    return {"anyOf": [listed, _mapping(settings, ("entries",))]}


def _test() -> Schema:
    line = _mapping({kind: {} for kind in get_args(LineKind)})
    keys: dict[str, Schema] = {
        "test": {"type": "string"},
        "channel": {"enum": [*KINDS]},
        "now": {"type": "string"},
        "talk": {"type": "array", "items": line},
        "comment": {"type": "string"},
    }
    return {"type": "array", "items": _mapping(keys, ("test", "talk"))}


def _config() -> Schema:
    schema = _group(KEYS)
    kinds = [_group(keys) for keys in CHANNELS.values()]
    schema["properties"]["channels"] = {
        "type": "object",
        "properties": dict(zip(CHANNELS, kinds, strict=True)),
        "additionalProperties": {"anyOf": [*kinds, {"type": "object"}]},
    }
    return schema


def _group(keys: Mapping[str, Key]) -> Schema:
    made = {name: _setting(key) for name, key in keys.items()}
    made |= {
        f"{name}_file": {"type": "string"} for name, key in keys.items() if key.kind == "secret"
    }
    return _mapping(made)


def _setting(key: Key) -> Schema:
    """One key; an empty value means the default everywhere."""
    match key.kind:
        case "group":
            return _group(key.keys)
        case "named":
            return {"type": "object", "additionalProperties": _setting(key.of or Key("any"))}
        case "one_of":
            return {"enum": [*key.choices, None], "default": key.default}
        case "duration":
            return {"anyOf": [{"type": "string", "pattern": _DURATION}, {"type": "null"}]}
        case "texts":
            return {"type": ["array", "string", "null"]}
        case "integer" | "number" | "yes":
            return {"type": [_SCALARS[key.kind], "null"]}
        case "any":
            return {}
        case _:
            return {"type": ["string", "number", "null"]}
