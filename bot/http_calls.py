"""Carries out `http` steps. What a flow may reach is bounded: hosts on the allow-list, resolved once and pinned, no
private addresses unless the host is allowed by its full name, no redirects, no answer over 64 KB."""

import asyncio
import ipaddress
import json
import re
import socket
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.calls import CallFailed
from bot.storage.store import WaitingCall

if TYPE_CHECKING:
    import aiohttp

MAX_ANSWER = 64 * 1024
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""A gateway sends these on to the IPv4 address in their last four bytes (RFC 6052)."""
SECRET = re.compile("\x00secret:([^\x00]*)\x00")


class HttpCalls:
    """Makes HTTP requests. aiohttp is imported at the first one: most projects make none."""

    def __init__(self, allow: Collection[str], secrets: Mapping[str, str]) -> None:
        self._allow = frozenset(host.lower() for host in allow)
        self._secrets = secrets
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, call: WaitingCall) -> dict[str, Any]:
        """`request`: method, url, headers, and json or form. The result: status, and the body as `json` or `text`."""
        import aiohttp

        request = _reveal(call.request, self._secrets)
        method, url, headers = (
            str(request["method"]),
            str(request["url"]),
            dict(request.get("headers") or {}),
        )
        self._check(url, headers)
        headers.setdefault("Idempotency-Key", call.id)
        try:
            async with self._connected().request(
                method,
                url,
                headers=headers,
                json=request.get("json"),
                data=request.get("form"),
                allow_redirects=False,
            ) as answer:
                return await _read(answer)
        except aiohttp.ClientError as problem:
            # The text of aiohttp's errors may hold the URL, and a URL may hold a secret.
            raise CallFailed(
                f"could not reach the other system ({type(problem).__name__})", again=True
            ) from None

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    def _connected(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=_resolver(self._allow), limit=32)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _check(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not allowed(host, self._allow):
            raise CallFailed(f"the host {host!r} is not in http.allow of the configuration")
        if any("\r" in text or "\n" in text for pair in headers.items() for text in (*pair, url)):
            raise CallFailed("a line break in the address or in a header")
        if _is_private(host) and host not in self._allow:
            raise CallFailed(f"{host} is a private address; name it in http.allow if it is meant")


def allowed(host: str, allow: Collection[str]) -> bool:
    """Whether a host stands on the list: by its name, or below a `*.name`."""
    return host in allow or any(
        entry.startswith("*.") and host.endswith(entry[1:]) for entry in allow
    )


def _is_private(host: str) -> bool:
    """Whether it is an address that the world does not reach; an IPv6 one may have such an IPv4 one within."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    return not address.is_global or address.is_multicast


def _resolver(allow: frozenset[str]) -> Any:
    """Resolves, and refuses private addresses: what is checked is what is connected to, so no second look-up can
    answer otherwise."""
    from aiohttp.abc import AbstractResolver, ResolveResult

    class Pinned(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM, family=family
            )
            results = [
                ResolveResult(
                    hostname=host,
                    host=str(place[0]),
                    port=int(place[1]),
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
                for kind, _, protocol, _, place in found
                if host.lower() in allow or not _is_private(str(place[0]))
            ]
            if not results:
                raise OSError(
                    f"{host} has only private addresses; name it in http.allow if that is meant"
                )
            return results

        async def close(self) -> None:
            """Nothing is held."""

    return Pinned()


def _reveal(value: Any, secrets: Mapping[str, str]) -> Any:
    """Put secrets where their names stand; they are nowhere but in memory, and only now."""
    if isinstance(value, str):
        return SECRET.sub(lambda found: secrets.get(found[1], ""), value)
    if isinstance(value, Mapping):
        return {key: _reveal(one, secrets) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_reveal(one, secrets) for one in value]
    return value


async def _read(answer: "aiohttp.ClientResponse") -> dict[str, Any]:
    body = b""
    async for chunk in answer.content.iter_chunked(8192):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise CallFailed(
                f"the answer is longer than {MAX_ANSWER // 1024} KB",
                result={"status": answer.status},
            )
    result = {"status": answer.status, **_content(body, answer.charset)}
    if answer.status >= 300:
        again = answer.status == 429 or answer.status >= 500
        raise CallFailed(f"the other system answered {answer.status}", again=again, result=result)
    return result


def _content(body: bytes, charset: str | None) -> dict[str, Any]:
    try:
        return {"json": json.loads(body)} if body.strip() else {}
    except ValueError:
        pass
    try:
        return {"text": body.decode(charset or "utf-8", "replace")}
    except LookupError:
        return {"text": body.decode("utf-8", "replace")}
