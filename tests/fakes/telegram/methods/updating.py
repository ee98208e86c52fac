"""Webhooks. getUpdates waits, so the server itself answers it."""

import re
from typing import Any

from tests.fakes.telegram.methods.table import method
from tests.fakes.telegram.refusal import bad
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World


@method("setWebhook")
def set_webhook(world: World, account: Account, call: Call) -> Any:
    """Plain http to the own machine is taken, since tests have no certificates."""
    params = call.params
    url = params.get("url", "")
    if url and not re.match(r"https://|http://127\.0\.0\.1[:/]", url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.get("secret_token") or ""
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    if params.get("drop_pending_updates"):
        account.queue.waiting.clear()
    account.queue.allow(params.get("allowed_updates"))
    account.webhook = {"url": url} if url else {}
    account.secret = secret
    account.reader += 1
    world.bell.ring()
    return True


@method("deleteWebhook")
def delete_webhook(world: World, account: Account, call: Call) -> Any:
    if call.params.get("drop_pending_updates"):
        account.queue.waiting.clear()
    account.webhook = {}
    account.secret = ""
    world.bell.ring()
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, account: Account, call: Call) -> Any:
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(account.queue.waiting),
        "max_connections": 40,
        **account.webhook,
    }
