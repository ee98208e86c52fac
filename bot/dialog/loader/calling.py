"""The steps that reach outside the flow: `action` and `http`."""

import re
from typing import Any

from bot.dialog.flow import Action, Http, Step
from bot.dialog.loader import words
from bot.dialog.loader.acting import read_priority, values_of
from bot.dialog.loader.draft import Draft
from bot.dialog.loader.outline import Planned
from bot.dialog.loader.wording import is_plain
from bot.dialog.templates import Template, compile_text
from bot.source import Mapping as Pairs
from bot.source import Scalar, Sequence, Tree
from bot.source.nearest import nearest
from bot.source.plain import plain_value

_METHOD = re.compile(rf"({'|'.join(words.METHODS)})\b\s*")
_URL = re.compile(r"https?://(?P<host>[^/:?#\s]+)(?P<port>:\d+)?(?=[/?#]|$)")


def action(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`action`: a built-in verb or the owner's Python."""
    fields = planned.fields
    node = fields.get("action")
    verb = draft.report.text(node, "action") if node is not None else ""
    if node is not None:
        _check_verb(draft, node, verb)
    given = fields.fields("with", None)
    queue, priority = given.get("queue"), given.get("priority")
    if verb == "ticket.create" and isinstance(queue, Scalar) and is_plain(queue.value):
        draft.queue(queue)
    if verb == "ticket.create" and isinstance(priority, Scalar) and is_plain(priority.value):
        read_priority(given)
    return Action(
        **common,
        verb=verb,
        values=values_of(draft, fields, "with"),
        save=draft.save(fields),
        timeout=fields.duration("timeout", 10_000),
        on_error=draft.rescue(planned, "on_error", common["next"]),
    )


def _check_verb(draft: Draft, node: Tree, verb: str) -> None:
    own = draft.known.verbs
    if verb in words.VERBS or not verb:
        return
    near = nearest(verb, words.VERBS)
    if near or own is not None:
        draft.one(node, verb, (*words.VERBS, *sorted(own or ())), "E208")


def http(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`http: POST https://…`; method and URL may also stand under keys of their own."""
    fields = planned.fields
    names = draft.wording.names | {"secret"}
    method, url = _request(draft, planned)
    return Http(
        **common,
        method=method,
        url=draft.wording.template(url, "url", names) if url is not None else compile_text(""),
        headers=values_of(draft, fields, "headers", names=names),
        json=_json(draft, fields.get("json"), names),
        form=values_of(draft, fields, "form", names=names),
        save=draft.save(fields),
        timeout=fields.duration("timeout", 10_000),
        retries=fields.integer("retries", 0, high=10),
        on_error=draft.rescue(planned, "on_error", common["next"]),
    )


def _request(draft: Draft, planned: Planned) -> tuple[str, Scalar | None]:
    fields = planned.fields
    node = fields.get("http")
    if isinstance(node, Pairs):
        inner = draft.report.fields(node, ("method", "url"), "http")
        node, fields = None, inner
    method = fields.one_of("method", words.METHODS, "GET")
    url = fields.get("url")
    if isinstance(node, Scalar) and node.value:
        found = _METHOD.match(node.value)
        method = found[1] if found else method
        start = found.end() if found else 0
        if node.value[start:]:
            url = Scalar(
                node.line, node.column + start, node.end_line, node.end_column,
                node.value[start:], node.style,
            )  # fmt: skip
    if not isinstance(url, Scalar):
        draft.report.add(draft.report.codes.missing, planned.fields.place, key="url", where="http")
        return method, None
    _check_url(draft, url)
    return method, url


def _check_url(draft: Draft, url: Scalar) -> None:
    found = _URL.match(url.value)
    if found is None:
        draft.report.add("E138", url, value=url.value)
    elif "{" not in found["host"] and found["host"].lower() not in draft.known.business.http_allow:
        allowed = ", ".join(sorted(draft.known.business.http_allow))
        draft.report.add("E216", url, host=found["host"], known=allowed)


def _json(draft: Draft, node: Tree | None, names: frozenset[str]) -> Any:
    """The body with templates at its leaves; plain numbers and truths are JSON's own."""
    if node is None:
        return None
    if isinstance(node, Pairs):
        return {key.value: _json(draft, value, names) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [_json(draft, item, names) for item in node.items]
    value = plain_value(node)
    if not isinstance(value, str) or not value:
        return value
    template: Template = draft.wording.template(node, "json", names)
    return template
