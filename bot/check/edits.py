"""How many people an edit touches: those who wait at a step that has changed or is gone."""

from collections.abc import Mapping

from bot.check.finding import Argument, Finding
from bot.dialog.script import Script


def against_db(counts: Mapping[tuple[str, str, str], int], script: Script) -> tuple[Finding, ...]:
    """Findings about people who wait now. `counts`: how many wait at each (flow, step, shape)."""
    findings = [_touched(place, people, script) for place, people in sorted(counts.items())]
    return tuple(finding for finding in findings if finding is not None)


def _touched(place: tuple[str, str, str], people: int, script: Script) -> Finding | None:
    flow_id, step_id, shape = place
    flow = script.flows.get(flow_id)
    said: dict[str, Argument] = {"flow": flow_id, "step": step_id, "people": people}
    if flow is None:
        return Finding("W301", f"flows/{flow_id}.yaml", arguments=said) if flow_id else None
    step = flow.steps.get(step_id)
    if step is None:
        return Finding("W302", flow.path, arguments=said) if step_id else None
    if step.shape and shape and step.shape != shape:
        return Finding("W303", flow.path, step.line, arguments=said)
    return None
