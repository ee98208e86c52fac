"""Days that a customer would read as they are kept: `{{ когда }}` is 2026-06-15, and 15.06.2026 is wanted."""

import re

from bot.check.drawn import Drawn
from bot.dialog.flow import Ask, Choose, End, Say
from bot.dialog.slots.when import DateType


def check_printed(drawn: Drawn) -> None:
    """Note days that stand in what a customer reads without a filter."""
    flow = drawn.flow
    days = {name for name, slot in flow.slots.items() if isinstance(slot.type, DateType)}
    if not days:
        return
    for use in drawn.uses:
        if not isinstance(flow.steps.get(use.step), Say | Ask | Choose | End):
            continue
        for name in sorted(days & use.names):
            for found in re.finditer(rf"\{{\{{\s*({re.escape(name)})\s*\}}\}}", use.node.value):
                line, column = drawn.report.source.within(use.node, found.start(1))
                end = column + len(name)
                here = drawn.report.source.line(line)[column - 1 : end - 1] == name
                drawn.report.mark(
                    "W017", line, column, end,
                    replacement=f"{name} | date" if here else None, name=name,
                )  # fmt: skip
