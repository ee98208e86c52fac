"""The owner's own Python: actions for `action:` steps and types for slots.

They come from files in the project's `plugins/` folder and from packages installed beside us, through the
entry-point groups `frontdesk.actions` and `frontdesk.slots`. A file is ordinary Python:

    from bot.plugins import ActionFailed, action

    @action("crm.lead")
    async def lead(name: str, phone: str, *, idempotency_key: str) -> dict[str, str]:
        "What `with:` gives arrives by name; what is returned is saved under `save:`."
        ...

An action may be called again after a crash: `idempotency_key`, given to those that name it, stays the same then.
"""

import asyncio
import contextlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import msgspec

from bot.calls import CallFailed
from bot.dialog import slots
from bot.errors import ConfigurationError
from bot.storage.store import WaitingCall

FOLDER = "plugins"
ACTIONS, SLOTS = "frontdesk.actions", "frontdesk.slots"
KEY = "idempotency_key"
Owned = TypeVar("Owned", bound=Callable[..., Any])

_declared: dict[str, Callable[..., Any]] = {}
declared: Mapping[str, Callable[..., Any]] = MappingProxyType(_declared)
"""The actions that were found last, by name."""


class ActionFailed(Exception):
    """An action could not be done: the flow's `on_error` runs. `again` when another try may succeed."""

    def __init__(self, problem: str, *, again: bool = False) -> None:
        super().__init__(problem)
        self.again = again


def action(name: str) -> Callable[[Owned], Owned]:
    """Offer a function, async or not, to flows under `name`."""

    def declare(function: Owned) -> Owned:
        _declared[name] = function
        return function

    return declare


def slot_type(name: str) -> Callable[[Owned], Owned]:
    """Offer a slot type to flows under `name`: a callable without parameters that makes one."""

    def declare(factory: Owned) -> Owned:
        slots.register(name, factory)
        return factory

    return declare


def load_plugins(project: Path) -> Mapping[str, Callable[..., Any]]:
    """Run the project's plugins and find the installed ones; actions by name. Raises `ConfigurationError`."""
    _declared.clear()
    for group, offer in ((ACTIONS, action), (SLOTS, slot_type)):
        for entry in entry_points(group=group):
            offer(entry.name)(_of(entry.value, entry.load))
    for path in sorted((project / FOLDER).glob("*.py")):
        _of(f"{FOLDER}/{path.name}", lambda path=path: _run(path))  # type: ignore[misc]
    return declared


def _of(source: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except Exception as problem:
        raise ConfigurationError(
            f"{source}{_line(source, problem)}: {type(problem).__name__}: {problem}"
        ) from problem


def _line(source: str, problem: Exception) -> str:
    """The line of the plugin where it went wrong, though it may have been deep in a library that it called."""
    if isinstance(problem, SyntaxError) and (problem.filename or "").endswith(source):
        return f":{problem.lineno}"
    line, trace = "", problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(source):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    return line


def _run(path: Path) -> ModuleType:
    name = f"frontdesk_plugins.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


MOST = 64
"""Threads with the owner's code at a time, those that hang among them."""


class PythonCalls:
    """Carries out `action:` steps that are the owner's own. What is not async runs in a thread of its own that nobody
    waits for: one that hangs holds up neither the rest of the program, nor its end."""

    def __init__(self, actions: Mapping[str, Callable[..., Any]]) -> None:
        self._actions = actions
        self._threads = threading.Semaphore(MOST)

    async def carry(self, call: WaitingCall) -> Any:
        """`request`: the action's name, and `with`, its arguments. The result must be what JSON can hold."""
        name = str(call.request["action"])
        function = self._actions.get(name)
        if function is None:
            raise CallFailed(f"there is no action {name!r}: not in plugins/, not in {ACTIONS}")
        arguments = dict(call.request.get("with") or {})
        if KEY in inspect.signature(function).parameters:
            arguments[KEY] = call.id
        try:
            if inspect.iscoroutinefunction(function):
                result = await function(**arguments)
            else:
                result = await self._beside(partial(function, **arguments))
            return msgspec.to_builtins(result)
        except ActionFailed as problem:
            raise CallFailed(str(problem), again=problem.again) from problem

    async def _beside(self, work: Callable[[], Any]) -> Any:
        if not self._threads.acquire(blocking=False):
            raise CallFailed("too many actions hang", again=True)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def carry_out() -> None:
            try:
                end = partial(_end, done, work(), None)
            except BaseException as problem:  # noqa: BLE001  (it is raised where it is waited for)
                end = partial(_end, done, None, problem)
            finally:
                self._threads.release()
            # The loop may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(end)

        threading.Thread(target=carry_out, name="action", daemon=True).start()
        return await done


def _end(done: "asyncio.Future[Any]", result: Any, problem: BaseException | None) -> None:
    if done.done():
        return
    if problem is not None:
        done.set_exception(problem)
    else:
        done.set_result(result)
