"""`http`: a call to another system, carried out by a loop of its own. Secrets stay markers until the moment of the call."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from bot.dialog.flow import Http
from bot.dialog.steps.outside import call
from bot.dialog.templates import Template
from bot.dialog.work import Place, Work

_MARK = "\x00"


def walk(work: Work, place: Place, step: Http) -> bool:
    """Ask for the call to be made, and wait for its end."""
    values = WithSecrets(place.values)
    request: dict[str, Any] = {
        "method": step.method,
        "url": step.url.plain(values, _part_of_url),
        "headers": {name: _one_line(value.plain(values)) for name, value in step.headers},
    }
    if step.json is not None:
        request["json"] = _filled(step.json, values)
    if step.form:
        request["form"] = {name: value.plain(values) for name, value in step.form}
    call(work, place, step, "http", request, timeout=step.timeout, retries=step.retries)
    return True


class WithSecrets(Mapping[str, Any]):
    """The names of a flow, and `secret`. No value can pass for a secret's marker: what another system sent may hold
    any character, and a forged marker would be filled in, and left unquoted in the address."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return SECRETS if name == "secret" else _unmarked(self._values[name])

    def __iter__(self) -> Iterator[str]:
        yield "secret"
        yield from self._values

    def __len__(self) -> int:
        return len(self._values) + 1


class _Secrets(Mapping[str, str]):
    """Any secret is its marker: the value itself is nowhere in the brain."""

    def __getitem__(self, name: str) -> str:
        return f"{_MARK}secret:{name}{_MARK}"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


SECRETS = _Secrets()


def _unmarked(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_MARK, "")
    if isinstance(value, Mapping):
        return {name: _unmarked(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_unmarked(each) for each in value]
    return value


def _part_of_url(value: str) -> str:
    return value if value.startswith(_MARK) else quote(value, safe="")


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    """JSON with its templates filled in; one that is nothing but `{{ }}` keeps the value's type."""
    if isinstance(value, Template):
        return value.value(values)
    if isinstance(value, Mapping):
        return {name: _filled(each, values) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, values) for each in value]
    return value
