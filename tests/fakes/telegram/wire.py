"""Requests as they come over the wire, read as strictly as the official schema allows.

aiogram's models of the methods are generated from that schema: names and types are checked against them. What Telegram
would silently ignore (an unknown parameter) is a mistake here.
"""

import json
import types
import typing
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aiogram.methods
from aiogram.methods.base import TelegramMethod
from aiogram.types import BufferedInputFile, InputFile
from aiohttp import web
from pydantic import BaseModel, ValidationError

from tests.fakes.telegram.places import Json
from tests.fakes.telegram.refusal import Refusal, bad

Model = type[TelegramMethod[Any]]


@dataclass
class Upload:
    """A file in a multipart body."""

    name: str
    mime: str
    data: bytes


@dataclass
class Call:
    """One request. `refused` is the description of the error that it got; `at` and `answered` (0: never, its client
    went away before) are the server's clock."""

    bot: int
    method: str
    params: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    at: float = 0.0
    answered: float = 0.0
    refused: str = ""
    answer: Any = None

    @property
    def chat(self) -> int:
        """The chat that it is about, or 0."""
        try:
            return int(self.params.get("chat_id", 0))
        except ValueError:
            return 0


class Unofficial(Refusal):
    """The request is none of the official Bot API: a bug of who sent it, whatever Telegram would make of it."""

    def __init__(self, words: str) -> None:
        super().__init__(400, f"Bad Request: {words}")


@cache
def models() -> dict[str, Model]:
    """The official methods by name."""
    found: dict[str, Model] = {}
    for name in aiogram.methods.__all__:
        model = getattr(aiogram.methods, name)
        if isinstance(model, type) and issubclass(model, TelegramMethod):
            api_method = model.__dict__.get("__api_method__")
            if isinstance(api_method, str):
                found[api_method] = model
    return found


async def read(request: web.Request, bot: int, method: str) -> Call:
    """The request as a call, its parameters decoded. Raises `Unofficial` if it is not one of the schema."""
    model = models().get(method)
    if model is None:
        raise Refusal(404, "Not Found")
    call = Call(bot, method)
    body: Json = dict(request.query)
    if request.content_type == "application/json":
        body |= _json_body(await request.read())
    elif request.content_type == "multipart/form-data":
        body |= await _multipart(request, call)
    elif request.can_read_body:
        body |= dict(await request.post())
    call.params = {name: _decoded(model, name, value) for name, value in body.items()}
    _check(model, call)
    return call


def _json_body(raw: bytes) -> Json:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad("can't parse JSON object")
    return body


async def _multipart(request: web.Request, call: Call) -> Json:
    body: Json = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            call.files[name] = Upload(value.filename, value.content_type, data)
        else:
            body[name] = value
    return body


@cache
def _kinds(model: Model, name: str) -> frozenset[Any]:
    """The plain types that a parameter may have."""
    return frozenset(_flat(model.model_fields[name].annotation))


def _flat(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return [kind for part in typing.get_args(annotation) for kind in _flat(part)]
    if origin is typing.Annotated:
        return _flat(typing.get_args(annotation)[0])
    return [annotation]


def _decoded(model: Model, name: str, value: Any) -> Any:
    """A parameter in its own type. A form has strings only, and JSON in them for what is no plain value."""
    if name not in model.model_fields:
        raise Unofficial(f'{model.__name__} has no parameter "{name}"')
    if not isinstance(value, str):
        return value
    kinds = _kinds(model, name)
    if int in kinds and value.lstrip("-").isdigit():
        return int(value)
    if str in kinds:
        return value
    if bool in kinds and value.lower() in ("true", "false", "1", "0", "yes", "no"):
        return value.lower() in ("true", "1", "yes")
    try:
        return json.loads(value)
    except ValueError:
        raise Unofficial(f"parameter {name} of {model.__name__} is no JSON") from None


def _check(model: Model, call: Call) -> None:
    if "text" in model.model_fields and model.model_fields["text"].is_required():
        # Clients leave empty values out; the refusal is then about the empty text.
        call.params.setdefault("text", "")
    values = dict(call.params)
    for name, upload in call.files.items():
        if name in model.model_fields:
            if not any(
                isinstance(kind, type) and issubclass(kind, InputFile)
                for kind in _kinds(model, name)
            ):
                raise Unofficial(f"{model.__name__}: {name} is no file")
            values[name] = BufferedInputFile(upload.data, upload.name)
    try:
        parsed = model.model_validate(values, strict=False)
    except ValidationError as mistake:
        first = mistake.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unofficial(f"{model.__name__}: {where}: {first['msg']}") from None
    for name in call.params:
        unknown(getattr(parsed, name), f"{model.__name__}.{name}")


def unknown(value: Any, where: str) -> None:
    """Raises `Unofficial` if an object carries a field that the schema does not have."""
    if isinstance(value, BaseModel):
        if value.model_extra:
            raise Unofficial(f"{where} has no field {min(value.model_extra)!r}")
        for name in value.model_fields_set:
            unknown(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for one in value:
            unknown(one, where)
