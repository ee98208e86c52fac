"""VK's schema, and whether a value or a call keeps it. See `README.md` for where it is from."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@lru_cache(maxsize=1)
def schema() -> Json:
    """The whole of it: `methods`, `definitions`, `errors`."""
    text = Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
    found: Json = json.loads(text)
    return found


def error_text(code: int) -> str:
    """VK's own words for an error."""
    return str(schema()["errors"].get(str(code), "Unknown error occurred"))


def faults_in(value: Any, name: str) -> list[str]:
    """What a value does wrong by the definition of that name."""
    return list(_faults(value, {"$ref": name}, name))


def faults_in_answer(method: str, answer: Any) -> list[str]:
    """What an answer does wrong: nothing, if it is one of the answers that the method may give."""
    variants = schema()["methods"][method]["answers"].values()
    found = [list(_faults(answer, variant, method)) for variant in variants]
    return [] if any(not one for one in found) else found[0]


def _faults(value: Any, rule: Json, place: str) -> list[str]:
    if "$ref" in rule:
        definition = schema()["definitions"].get(rule["$ref"])
        return _faults(value, definition, place) if definition else []
    if "allOf" in rule:
        return [fault for part in rule["allOf"] for fault in _faults(value, part, place)]
    if "oneOf" in rule:
        variants = [_faults(value, part, place) for part in rule["oneOf"]]
        return [] if any(not one for one in variants) else [f"{place}: none of the variants"]
    found = _type_faults(value, rule, place)
    if found:
        return found
    if isinstance(value, dict):
        for name, inner in rule.get("properties", {}).items():
            if name not in value:
                found += [f"{place}.{name} is missing"] if inner.get("required") is True else []
            else:
                found += _faults(value[name], inner, f"{place}.{name}")
    if isinstance(value, list) and "items" in rule:
        for number, one in enumerate(value):
            found += _faults(one, rule["items"], f"{place}[{number}]")
    return found


def _type_faults(value: Any, rule: Json, place: str) -> list[str]:
    told = rule.get("type")
    names = told if isinstance(told, list) else [told] if told else []
    wanted = tuple(kind for name in names for kind in _TYPES[name])
    if wanted and (
        not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted)
    ):
        return [f"{place}: {value!r} is no {told}"]
    if "enum" in rule and value not in rule["enum"]:
        return [f"{place}: {value!r} is none of {rule['enum']}"]
    if isinstance(value, int | float) and not rule.get("minimum", value) <= value:
        return [f"{place}: {value!r} is too small"]
    if isinstance(value, str) and len(value) > rule.get("maxLength", len(value)):
        return [f"{place} is too long"]
    return []


def read_call(method: str, said: dict[str, str]) -> tuple[Json, str]:
    """The parameters of a call as values, and VK's words for what is wrong with them (empty: nothing)."""
    known = schema()["methods"][method]["parameters"]
    values: Json = {}
    for name, text in said.items():
        if name not in known:
            return {}, f"{name} is no parameter of {method}"
        try:
            values[name] = _read(text, known[name])
        except ValueError as problem:
            return {}, f"{name} {problem}"
    for name, rule in known.items():
        if rule.get("required") and name not in values:
            return {}, f"{name} is undefined"
    return values, ""


def _read(text: str, rule: Json) -> Any:
    kind = rule["type"]
    value: Any = text
    if kind == "integer":
        value = _integer(text)
    elif kind == "number":
        value = float(text)
    elif kind == "boolean":
        if text not in {"0", "1", "true", "false"}:
            raise ValueError("should be boolean")
        value = text in {"1", "true"}
    elif kind == "array":
        value = text.split(",") if text else []
        if rule.get("items", {}).get("type") == "integer":
            value = [_integer(one) for one in value]
        if len(value) > rule.get("maxItems", len(value)):
            raise ValueError("has too many items")
    if _type_faults(value, {**rule, "type": None}, ""):
        raise ValueError("is out of its bounds")
    if isinstance(value, int | float) and not value <= rule.get("maximum", value):
        raise ValueError("is too big")
    return value


def _integer(text: str) -> int:
    if not text.lstrip("-").isdigit() or not text.isascii():
        raise ValueError("should be integer")
    return int(text)
