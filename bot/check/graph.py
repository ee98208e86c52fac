"""A flow as a graph: which step may follow which, what each may fill, where the customer is waited for."""

from collections.abc import Iterable, Iterator, Mapping

from bot.dialog.flow import (
    MENU,
    START,
    Action,
    Ask,
    Call,
    Choose,
    End,
    Find,
    Flow,
    Goto,
    Handoff,
    Http,
    If,
    Say,
    Set,
    Step,
    Wait,
    Waiting,
)

Graph = Mapping[str, tuple[str, ...]]


def graph(flow: Flow) -> dict[str, tuple[str, ...]]:
    """Every step with those that may come next; the flow's end is left out."""
    return {
        step.id: tuple(dict.fromkeys(to for to in _ways(step, flow) if to in flow.steps))
        for step in flow.steps.values()
    }


def _ways(step: Step, flow: Flow) -> Iterator[str]:
    ways: list[str | None] = [step.next] if step.guard is not None else []
    match step:
        case If():
            ways += [step.then or step.next, step.otherwise or step.next]
        case Goto():
            ways.append(step.target)
        case End():
            pass
        case Choose():
            ways += [step.on_fail, *_options(step)]
        case Ask():
            ways += [step.next, step.on_fail, *(button.target for button in step.buttons)]
        case Say():
            ways += [step.next, *(button.target for button in step.buttons)]
        case Action() | Http():
            ways += [step.next, step.on_error]
        case Wait():
            ways += [step.next, step.on_message]
        case _:
            ways.append(step.next)
    yield from (flow.first if way == START else way for way in ways if way and way != MENU)


def _options(step: Choose) -> Iterator[str | None]:
    if step.rows_from or step.multiple:
        yield step.next
    for option in step.options:
        if option.target:
            yield option.target
        elif not option.cancel and option.url is None:
            yield step.next


def reached(flow: Flow, ways: Graph) -> set[str]:
    """The steps that something leads to."""
    return follow([flow.first], ways)


def follow(starts: Iterable[str], ways: Graph) -> set[str]:
    """Everything that can be reached from some steps, themselves included."""
    seen: set[str] = set()
    waiting = [start for start in starts if start in ways]
    while waiting:
        step = waiting.pop()
        if step not in seen:
            seen.add(step)
            waiting += ways[step]
    return seen


def fills(step: Step) -> frozenset[str]:
    """The names that a step may give a value."""
    if isinstance(step, Set):
        return frozenset(name for name, _ in step.values)
    if isinstance(step, Waiting | Find | Call | Action | Http) and step.save:
        return frozenset({step.save})
    return frozenset()


def pauses(step: Step) -> bool:
    """Whether the customer, an operator or the clock is waited for there, whatever is known already."""
    match step:
        case Ask():
            return step.always
        case Choose() | Wait() | Handoff() | Call():
            return True
        case _:
            return False


def cycles(ways: Graph) -> list[set[str]]:
    """Sets of steps from each of which every other one can be reached (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []
    for root in ways:
        if root not in index:
            _visit(root, ways, index, low, stack, found)
    return [cycle for cycle in found if len(cycle) > 1 or any(s in ways[s] for s in cycle)]


def _visit(
    root: str,
    ways: Graph,
    index: dict[str, int],
    low: dict[str, int],
    stack: list[str],
    found: list[set[str]],
) -> None:
    work = [(root, iter(ways[root]))]
    index[root] = low[root] = len(index)
    stack.append(root)
    while work:
        step, rest = work[-1]
        for to in rest:
            if to not in index:
                index[to] = low[to] = len(index)
                stack.append(to)
                work.append((to, iter(ways[to])))
                break
            if to in stack:
                low[step] = min(low[step], index[to])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[step])
            if low[step] == index[step]:
                at = stack.index(step)
                found.append(set(stack[at:]))
                del stack[at:]
