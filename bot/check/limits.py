"""What a configured channel cannot show."""

from collections.abc import Mapping, Sequence

from bot.check.drawn import Drawn, DrawnFaq
from bot.dialog.flow import Ask, Choose, Option, Phrase, Say, Step, StepButton
from bot.model.abilities import KINDS, Abilities
from bot.source import Fields, Node, Report


def check_limits(flows: Sequence[Drawn], faq: DrawnFaq, channels: Mapping[str, str]) -> None:
    """Note buttons, labels and files beyond what a channel of the configuration takes."""
    for kind in dict.fromkeys(channels.values()):
        abilities = KINDS.get(kind)
        if abilities is None:
            continue
        for drawn in flows:
            if not drawn.flow.start.channels or {kind, *_names(kind, channels)} & {
                *drawn.flow.start.channels
            }:
                for step in drawn.flow.steps.values():
                    _check_step(drawn, step, abilities)
        for entry, fields in faq.entries:
            if abilities.buttons and (not entry.channels or kind in entry.channels):
                _check_buttons(faq.report, fields, entry.buttons, abilities)


def _names(kind: str, channels: Mapping[str, str]) -> set[str]:
    return {name for name, of in channels.items() if of == kind}


def _check_step(drawn: Drawn, step: Step, abilities: Abilities) -> None:
    parts = drawn.parts[step.id]
    if isinstance(step, Choose) and abilities.buttons:
        _check_options(drawn.report, parts.fields, step.options, parts.options, abilities)
        if step.columns > abilities.button_columns:
            drawn.report.add(
                "E403", parts.fields.at("columns"),
                channel=abilities.kind, count=step.columns, limit=abilities.button_columns,
            )  # fmt: skip
    if isinstance(step, Say | Ask) and abilities.buttons:
        _check_buttons(drawn.report, parts.fields, step.buttons, abilities)
        label = step.optional if isinstance(step, Ask) else None
        if label is not None:
            _check_label(drawn.report, parts.fields.at("optional"), label, abilities)
    for media in step.media if isinstance(step, Say) else ():
        if media.size > abilities.upload_size:
            drawn.report.add(
                "E404", parts.fields.at("image" if media.kind == "photo" else "file"),
                channel=abilities.kind, path=media.path, limit=abilities.upload_size // 1_000_000,
            )  # fmt: skip


def _check_options(
    report: Report,
    fields: Fields,
    options: Sequence[Option],
    places: Mapping[str, Node],
    abilities: Abilities,
) -> None:
    if len(options) > abilities.buttons:
        _too_many(report, fields.key("options") or fields.place, len(options), abilities)
    items = fields.items("options")
    for number, option in enumerate(options):
        place = places.get(option.key) or (items[number] if number < len(items) else fields.place)
        _check_label(report, place, option.text, abilities)


def _check_buttons(
    report: Report, fields: Fields, buttons: Sequence[StepButton], abilities: Abilities
) -> None:
    if len(buttons) > abilities.buttons:
        _too_many(report, fields.key("buttons") or fields.place, len(buttons), abilities)
    for button, node in zip(buttons, fields.items("buttons"), strict=False):
        _check_label(report, node, button.text, abilities)


def _too_many(report: Report, place: Node, count: int, abilities: Abilities) -> None:
    report.add("E401", place, channel=abilities.kind, count=count, limit=abilities.buttons)


def _check_label(report: Report, place: Node, label: Phrase, abilities: Abilities) -> None:
    """Labels with values in them are cut by the adapter; those without can be mended now."""
    template = label.on(abilities.kind)
    length = len(template.source.strip().encode("utf-16-le")) // 2
    if template.static and length > abilities.button_length:
        report.add(
            "E402", place, channel=abilities.kind, count=length, limit=abilities.button_length
        )
