"""What waits for the customer right now, said once more."""

from bot.dialog import consent, faq_browser
from bot.dialog.flow import FAQ
from bot.dialog.layout import lay_out
from bot.dialog.plan import NO_PLAN
from bot.dialog.presses import MENU, PERSON
from bot.dialog.questions import put_again, waiting_step
from bot.dialog.work import Place, Work
from bot.model.message import Button
from bot.model.text import Text


def is_browsing(place: Place | None) -> bool:
    """Whether the customer is in the FAQ by topic."""
    return place is not None and place.plan is NO_PLAN and place.flow == FAQ and place.asked


def again(work: Work, before: Text | None = None) -> None:
    """The current question again, behind `before`; where nothing waits, `before` with a way on."""
    place = work.top
    if work.pending is not None and work.pending.kind == "consent":
        consent.put(work, before)
        return
    work.pending = None
    step = waiting_step(place)
    if place is not None and step is not None:
        put_again(work, place, step, before)
    elif place is not None and is_browsing(place):
        faq_browser.put(work, place, before)
    elif before is not None:
        with_way_on(work, before)


def with_way_on(work: Work, text: Text, *, person: bool = False) -> None:
    """Say something where no question waits: under it the menu, else the FAQ, else people."""
    buttons = [Button(work.own("menu").plain, MENU)] if work.script.menu or work.script.faq else []
    if person or not buttons:
        buttons.append(Button(work.own("call_person").plain, PERSON))
    work.send(lay_out(text, work.moment.abilities, (), buttons))
