"""vk-api and requests, with what they lack: limits of time, another host, several calls at once. Blocking.

vk-api has one lock for each `VkApi`, held while a call is under way; so each call under way has a `VkApi` of its own.
Its exceptions hold the request with the access key: they are replaced here, and never chained.
"""

import queue
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from vk_api.exceptions import ApiError, ApiHttpError
from vk_api.vk_api import VkApiGroup

from adapters.vk.faults import Refused, Unreached
from adapters.vk.settings import API_VERSION, Settings

HOSTS = ("https://api.vk.ru", "https://api.vk.com")
"""What vk-api has written down in its releases."""
CONNECT, READ, UPLOAD = 5.0, 15.0, 60.0
"""Seconds without a byte."""


class Timed(HTTPAdapter):
    """Gives every request a limit of time, and calls of the API the host that is configured."""

    def __init__(self, seconds: float, api_url: str = "") -> None:
        super().__init__()
        self._timeout = (CONNECT, seconds)
        self._api_url = api_url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """As requests calls it."""
        for host in HOSTS:
            if self._api_url and request.url and request.url.startswith(host + "/"):
                request.url = self._api_url + request.url.removeprefix(host)
                break
        options["timeout"] = options.get("timeout") or self._timeout
        return super().send(request, *args, **options)


class Client(VkApiGroup):  # type: ignore[misc]  # vk-api has no types
    """A `VkApi` that paces and retries nothing itself: the pace is the channel's, not one connection's."""

    RPS_DELAY = 0.0

    def __init__(self, token: str, session: requests.Session) -> None:
        super().__init__(
            token=token, session=session, api_version=API_VERSION, config=lambda *_, **__: None
        )
        self.error_handlers: dict[int, Any] = {}


class Wire:
    """Connections to VK under one access key."""

    def __init__(self, settings: Settings, token: str) -> None:
        self._settings = settings
        self._token = token
        self._clients: queue.LifoQueue[Client] = queue.LifoQueue()
        self._sessions: queue.LifoQueue[requests.Session] = queue.LifoQueue()

    def call(self, method: str, values: Mapping[str, Any]) -> Any:
        """A method's answer. Raises `Refused`, `Unreached`."""
        client = _taken(self._clients) or Client(self._token, self._session(READ))
        problem: Exception
        try:
            return client.method(method, dict(values))
        except Exception as raised:  # noqa: BLE001 - told apart below, outside: their traces hold the key
            problem = _named(raised)
        finally:
            self._clients.put(client)
        raise problem

    def poll(self, url: str, values: Mapping[str, Any], seconds: float) -> tuple[Any, int]:
        """The long poll's answer, and the server's clock (seconds, 0 if it does not tell). Raises `Unreached`."""
        session = _taken(self._sessions) or self._session(READ)
        problem: Exception
        try:
            answer = session.get(url, params=dict(values), timeout=(CONNECT, seconds))
            answer.raise_for_status()
            return answer.json(), _date(answer)
        except Exception as raised:  # noqa: BLE001 - see `call`
            problem = _named(raised)
        finally:
            self._sessions.put(session)
        raise problem

    def upload(self, url: str, field: str, path: Path, name: str, mime: str) -> Any:
        """What the upload server answers. Raises `Unreached`."""
        problem: Exception
        try:
            with path.open("rb") as content, self._session(UPLOAD) as session:
                files = {field: (name, content, mime)}
                answer = session.post(url, files=files)
                answer.raise_for_status()
                return answer.json()
        except FileNotFoundError:
            raise
        except Exception as raised:  # noqa: BLE001 - see `call`
            problem = _named(raised)
        raise problem

    def close(self) -> None:
        """Let go of the connections that nobody uses just now."""
        while (client := _taken(self._clients)) is not None:
            client.http.close()
        while (session := _taken(self._sessions)) is not None:
            session.close()

    def _session(self, seconds: float) -> requests.Session:
        session = requests.Session()
        # Neither a proxy nor a password of the machine's; `proxy:` of the channel is what counts.
        session.trust_env = False
        if self._settings.proxy:
            session.proxies = {"http": self._settings.proxy, "https": self._settings.proxy}
        for scheme in ("http://", "https://"):
            session.mount(scheme, Timed(seconds, self._settings.api_url))
        return session


def _taken(pool: "queue.LifoQueue[Any]") -> Any:
    try:
        return pool.get_nowait()
    except queue.Empty:
        return None


def _named(raised: Exception) -> Exception:
    """Our own name for what vk-api and requests raise."""
    match raised:
        case ApiError():
            return Refused(int(raised.code))
        case ApiHttpError():
            return Unreached(f"HTTP {raised.response.status_code}", everywhere=True)
        case requests.HTTPError():
            status = raised.response.status_code if raised.response is not None else 0
            return Unreached(f"HTTP {status}", everywhere=True)
        case requests.Timeout():
            # One call that hangs says nothing of the others.
            return Unreached("no answer in time")
        case requests.JSONDecodeError():
            return Unreached("no JSON", everywhere=True)
        case requests.ConnectionError():
            return Unreached("no connection", everywhere=True)
        case _:
            return Unreached(f"odd answer ({type(raised).__name__})")


def _date(answer: requests.Response) -> int:
    try:
        return int(parsedate_to_datetime(answer.headers.get("Date", "")).timestamp())
    except (TypeError, ValueError):
        return 0
