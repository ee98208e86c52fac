"""Consent: asked before the first personal slot, kept with its version, a refusal taken seriously."""

import msgspec

from bot.dialog.flow import Waiting
from bot.dialog.layout import lay_out
from bot.dialog.presses import our
from bot.dialog.questions import arrive, below
from bot.dialog.work import Place, Work
from bot.model.customer import Consent
from bot.model.effect import Consented
from bot.model.message import Button
from bot.model.text import Text


def is_wanted(work: Work, place: Place, step: Waiting) -> bool:
    """Whether consent is still missing for what this step asks."""
    wanted = work.business.consent
    if wanted is None or not step.save:
        return False
    slot = place.plan.flow.slots.get(step.save)
    if slot is None or not slot.personal:
        return False
    given = work.customer.consent
    return given is None or not given.agreed or given.version != wanted.version


def ask(work: Work, place: Place, step: Waiting) -> None:
    """Put the consent question above the step's own."""
    arrive(work, place, step)
    work.wait_for("consent", place.flow, step.id)
    work.decide("consent")
    put(work)


def put(work: Work, before: Text | None = None) -> None:
    """Say the consent question."""
    wanted, pending = work.business.consent, work.pending
    if wanted is None or pending is None:
        return
    link = Text(wanted.link) if wanted.link else None
    buttons = [
        Button(work.own(key).plain, our("consent", pending.visit, index))
        for index, key in enumerate(("consent_yes", "consent_no"))
    ]
    text = below(before, Text(wanted.text), link)
    work.send(lay_out(text, work.moment.abilities, buttons))


def note(work: Work, *, agreed: bool) -> None:
    """Keep the answer."""
    wanted = work.business.consent
    version = wanted.version if wanted is not None else 1
    given = Consent(version, agreed, work.now, work.conversation.channel)
    work.customer = msgspec.structs.replace(work.customer, consent=given)
    work.effects.append(Consented(version, agreed))
    work.decide("agreement" if agreed else "refusal")
