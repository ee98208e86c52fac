"""What can be told of one flow without walking it: unreachable steps, loops that never wait, names that are empty."""

import re

from bot.check.drawn import Drawn, Use
from bot.check.graph import Graph, cycles, fills, follow, graph, pauses, reached
from bot.dialog.flow import Action, Ask, Choose, Flow, Goto, Http, If, Set, Step, Wait


def check_paths(drawn: Drawn, given: frozenset[str]) -> None:
    """Note what is wrong with the ways through a flow. `given` are the names that its callers fill."""
    if drawn.flow.start.events:
        # What happened brings values along, which fill slots by their names.
        given |= frozenset(drawn.flow.slots)
    ways = graph(drawn.flow)
    seen = reached(drawn.flow, ways)
    _unreachable(drawn, ways, seen)
    _endless(drawn, ways, seen)
    _empty(drawn, ways, seen, given)
    _unnamed(drawn)
    _unused(drawn, given)


def _unreachable(drawn: Drawn, ways: Graph, seen: set[str]) -> None:
    """Of a run of steps that nothing reaches, the first is noted."""
    lost = [step for step in ways if step not in seen]
    led_to = {to for step in lost for to in ways[step] if to != step}
    covered: set[str] = set()
    for step in [*(step for step in lost if step not in led_to), *lost]:
        if step not in covered:
            covered |= follow([step], ways)
            drawn.report.add("W003", drawn.places[step], step=step)


def _endless(drawn: Drawn, ways: Graph, seen: set[str]) -> None:
    flow = drawn.flow
    inner = {step for step in seen if not pauses(flow.steps[step])}
    moving = {
        step: (_onwards(flow, step, ways) if isinstance(flow.steps[step], Ask) else ways[step])
        for step in inner
    }
    within = {step: tuple(to for to in moving[step] if to in inner) for step in inner}
    for cycle in cycles(within):
        if _never_ends(flow, cycle, moving):
            order = [step for step in flow.steps if step in cycle]
            jumps = [step for step in order if isinstance(flow.steps[step], Goto)]
            place = (jumps or order)[-1]
            drawn.report.add("E215", drawn.places[place], steps=", ".join(order))


def _onwards(flow: Flow, step: str, ways: Graph) -> tuple[str, ...]:
    """An `ask` whose answer is known is passed over."""
    following = flow.steps[step].next
    return (following,) if following in ways and following else ()


def _never_ends(flow: Flow, cycle: set[str], ways: Graph) -> bool:
    """Whether nothing in a loop can change what would lead out of it."""
    steps = [flow.steps[step] for step in cycle]
    filled = {name for step in steps if not isinstance(step, Ask) for name in fills(step)}
    asked = {step.save for step in steps if isinstance(step, Ask)}
    outside = any(isinstance(step, Action | Http) for step in steps)
    changes = bool(filled) or outside
    return not (asked & filled or (changes and any(_leaves(step, cycle, ways) for step in steps)))


def _leaves(step: Step, cycle: set[str], ways: Graph) -> bool:
    to: set[str | None] = {*ways[step.id]}
    if isinstance(step, If):
        to |= {step.then or step.next, step.otherwise or step.next}
    if step.guard is not None:
        to.add(step.next)
    return bool(to - cycle)


def _empty(drawn: Drawn, ways: Graph, seen: set[str], given: frozenset[str]) -> None:
    """Names that are printed where no way there fills them."""
    flow = drawn.flow
    kept = {slot.name for slot in flow.slots.values() if slot.keep}
    before = _may_hold(flow, ways, kept | given)
    noted: set[tuple[int, str]] = set()
    for use in drawn.uses:
        if use.step not in seen:
            continue
        step = flow.steps[use.step]
        own = fills(step) if isinstance(step, Set) else frozenset()
        for name in sorted(use.names & flow.names - before[use.step] - own):
            if (id(use.node), name) not in noted:
                noted.add((id(use.node), name))
                _note_empty(drawn, use, name)


def _may_hold(flow: Flow, ways: Graph, known: set[str] | frozenset[str]) -> dict[str, set[str]]:
    """For every step, the names that may hold a value when it is come to."""
    before: dict[str, set[str]] = {step: set() for step in ways}
    if flow.first not in ways:
        return before
    before[flow.first] = set(known)
    seen = {flow.first}
    waiting = [flow.first]
    while waiting:
        step = waiting.pop()
        after = before[step] | fills(flow.steps[step])
        for to in ways[step]:
            if to not in seen or not after <= before[to]:
                seen.add(to)
                before[to] |= after
                waiting.append(to)
    return before


def _note_empty(drawn: Drawn, use: Use, name: str) -> None:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", use.node.value)
    line, column = drawn.report.source.within(use.node, found.start() if found else 0)
    end = column + (len(name) if found else 1)
    drawn.report.mark("E213", line, column, end, name=name, step=use.step)


def _unnamed(drawn: Drawn) -> None:
    for step in drawn.flow.steps.values():
        if isinstance(step, Choose | Wait) and not step.named:
            drawn.report.add("W002", drawn.places[step.id], step=step.id)


def _unused(drawn: Drawn, given: frozenset[str]) -> None:
    """Declared slots that nothing fills or prints; snippets that nothing inserts."""
    flow = drawn.flow
    filled = {name for step in flow.steps.values() for name in fills(step)} | given
    printed = {name for use in drawn.uses for name in use.names}
    for key, _ in drawn.fields.entries("slots"):
        if key.value not in filled | printed:
            drawn.report.add("W004", key, name=key.value)
    for node in drawn.unused_snippets:
        drawn.report.add("W005", node, name=drawn.report.source.line(node.line).strip().rstrip(":"))
