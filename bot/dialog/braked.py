"""Too much comes at once: nothing is answered but with the menu, and nobody is called."""

from bot.dialog import interrupts, reminders
from bot.dialog.current import again, with_way_on
from bot.dialog.moment import Moment
from bot.dialog.outcome import Outcome
from bot.dialog.work import Work
from bot.model.conversation import Conversation
from bot.model.effect import CancelTimer, Edit, Send, SetTimer

_HARMLESS = Send | Edit | SetTimer | CancelTimer


def only_menu(conversation: Conversation, moment: Moment) -> Outcome:
    """The menu, shown to whoever is in no flow or at the menu already; in any other flow a way to it, so that what was
    answered there is not lost. A menu that does more than ask is only pointed at."""
    work = Work(conversation, moment, True)
    work.decide("braked")
    place = work.top
    if place is None and (work.script.menu or work.script.faq):
        interrupts.menu(work)
    elif place is not None and place.flow == work.script.menu:
        again(work, work.own("desk_braked"))
    else:
        with_way_on(work, work.own("desk_braked"))
    reminders.settle(work)
    outcome = work.freeze()
    said = any(isinstance(effect, Send | Edit) for effect in outcome.effects)
    harmless = all(isinstance(effect, _HARMLESS) for effect in outcome.effects)
    if said and harmless and outcome.handover is None:
        return outcome
    plain = Work(conversation, moment, True)
    plain.decide("braked")
    with_way_on(plain, plain.own("desk_braked"))
    return plain.freeze()
