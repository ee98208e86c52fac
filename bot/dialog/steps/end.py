"""`end`: the flow ends with a label."""

from bot.dialog.flow import End
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: End) -> bool:
    """Say goodbye, if there is something to say, and go back to the caller."""
    if step.say is not None:
        work.say(work.phrase(step.say, place))
    return work.leave(step.label)
