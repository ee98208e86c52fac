"""`find`: rows of a table that fit."""

from bot.dialog import tables
from bot.dialog.flow import Find
from bot.dialog.work import Place, Work


def walk(work: Work, place: Place, step: Find) -> bool:
    """Look up and save the rows."""
    where = [(each.column, each.operator, each.value.value(place.values)) for each in step.where]
    rows = tables.find(
        work.script.tables.get(step.table, ()),
        where,
        step.sort,
        descending=step.descending,
        top=step.top,
    )
    if step.save:
        place.slots[step.save] = rows
    place.step = step.next or ""
    return False
