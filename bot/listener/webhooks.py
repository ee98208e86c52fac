"""`/webhooks/<name>`: events of other systems, on which flows start."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from aiohttp import web

from bot.app import App
from bot.config.settings import Webhook
from bot.errors import UnknownConversation
from bot.listener.routes import Route
from bot.model.conversation import Conversation
from bot.model.event import Happened

log = structlog.get_logger("http")

SECRET, SIGNATURE = "X-Frontdesk-Secret", "X-Frontdesk-Signature"
ID = ("Idempotency-Key", "X-Delivery-Id")
"""Headers that name a call: of one name it is filed once."""
LONGEST_ID = 200


class Webhooks:
    """Files each call as an event of the conversation that it is about, and answers 200 when that is safe."""

    def __init__(self, app: App, hooks: Mapping[str, Webhook]) -> None:
        self._app = app
        self._hooks = {_composed(name): hook for name, hook in hooks.items()}

    def routes(self) -> list[Route]:
        """Where."""
        return [("POST", "/webhooks/{name}", self.called)]

    async def called(self, request: web.Request) -> web.Response:
        """Who calls must know the secret, and name a customer whom we know."""
        name = _composed(request.match_info["name"])
        hook = self._hooks.get(name)
        if hook is None:
            raise web.HTTPNotFound(text="no such webhook under http.webhooks of the configuration")
        body = await request.read()
        if not _is_meant(hook.secret, request.headers, body):
            log.warning("webhook refused: wrong secret or signature", webhook=name)
            raise web.HTTPUnauthorized(
                text=f"send the secret in {SECRET}, or the body's HMAC in {SIGNATURE}"
            )
        data = _object(body)
        conversation = await self._conversation(_named_customer(data, hook.customer))
        event = Happened(f"webhook:{name}", data)
        try:
            await self._app.happened(conversation.id, event, f"{name}:{_id(request.headers)}")
        except UnknownConversation:
            raise web.HTTPNotFound(text="that customer was just erased") from None
        log.info(
            "webhook accepted",
            webhook=name,
            channel=conversation.channel,
            conversation=conversation.id,
        )
        return web.json_response({"accepted": True})

    async def _conversation(self, who: str) -> Conversation:
        """Where to talk with a customer: the place itself, or where they wrote last."""
        store, channels = self._app.store, [*self._app.adapters]
        channel, _, address = who.partition(":")
        found = None
        if channel in channels and address:
            found = await store.find_conversation(channel, address)
        elif (customer := await store.find_customer(who)) is not None:
            found = await store.latest_conversation(customer, channels)
        if found is None:
            raise web.HTTPNotFound(text="no conversation with that customer")
        return found


def _is_meant(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the caller knows the secret: it is sent, or the body is signed with it (HMAC-SHA256, hex)."""
    if not secret:
        return False
    key = secret.encode()
    told = headers.get(SECRET, "").encode(errors="surrogateescape")
    if told:
        return hmac.compare_digest(told, key)
    signature = headers.get(SIGNATURE, "").removeprefix("sha256=").lower()
    proper = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode(errors="surrogateescape"), proper.encode())


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise web.HTTPBadRequest(text="the body must be a JSON object") from None


def _named_customer(data: Mapping[str, Any], key: str) -> str:
    """The customer whom the body names under a key; `order.phone` looks into `order`."""
    found: Any = data.get(key)
    if found is None:
        found = data
        for part in key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, str | int) or not str(found).strip():
        raise web.HTTPBadRequest(
            text=f"the body must name the customer under {key!r}: channel:address, a phone, an e-mail or our number"
        )
    return str(found).strip()


def _id(headers: Mapping[str, str]) -> str:
    named = next((headers[one] for one in ID if headers.get(one)), "")
    if len(named) > LONGEST_ID:
        raise web.HTTPBadRequest(text=f"{ID[0]} is longer than {LONGEST_ID} characters")
    return named or uuid4().hex


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
