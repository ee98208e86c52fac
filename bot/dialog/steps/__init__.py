"""One file per action word: what a step does when the flow comes to it.

Each `walk(work, place, step)` leaves `place.step` at the step that follows, and tells whether the walk stops here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.dialog import flow
from bot.dialog.steps import (
    action,
    ask,
    branch,
    call,
    choose,
    end,
    find,
    goto,
    handoff,
    http,
    say,
    set,
    wait,
)
from bot.dialog.work import Place, Work

Walk = Callable[[Work, Place, Any], bool]

WALKS: Mapping[type[flow.Step], Walk] = {
    flow.Say: say.walk,
    flow.Ask: ask.walk,
    flow.Choose: choose.walk,
    flow.Find: find.walk,
    flow.Set: set.walk,
    flow.If: branch.walk,
    flow.Call: call.walk,
    flow.Goto: goto.walk,
    flow.Action: action.walk,
    flow.Http: http.walk,
    flow.Handoff: handoff.walk,
    flow.Wait: wait.walk,
    flow.End: end.walk,
}
