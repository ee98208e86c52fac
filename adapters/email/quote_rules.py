"""The lines by which mail programs mark a quote, a forwarded letter or a signature. Every rule looks at one line (or at
a few that were joined) of bounded length."""

import re

_LINE = 400
_I = re.IGNORECASE

_MONTH = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-zа-я]{0,8}\.?"
)
_WEEKDAY = (
    r"(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|пн|вт|ср|чт|пт|сб|вс"
    r"|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b\.?"
)
_DATE = re.compile(
    rf"\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\s{{1,2}}{_MONTH}|\b{_MONTH}\s{{1,2}}\d{{1,2}}",
    _I,
)
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}")
_VERB = re.compile(
    r"\b(?:wrote|writes|said|написал(?:\(а\)|а|и)?|пишет|писал(?:\(а\)|а)?|сообщает)\s*:?\s*$", _I
)
_BEGINS = re.compile(
    rf"^\s*(?:On\b|Le\b|{_WEEKDAY}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\s{{1,2}}{_MONTH}"
    rf"|{_MONTH}\s\d{{1,2}}|[Вв]\s{{1,2}}(?:{_WEEKDAY}|\d)|[\"«]?[^<>]{{2,60}}<[^<>\s]{{3,100}}>)",
    _I,
)
_ORIGINAL = re.compile(
    r"^\s*[-_=*]{2,40}\s*(?:original message|исходное сообщение|оригинальное сообщение|первоначальное сообщение"
    r"|original-nachricht|reply message|ответное сообщение)\s*[-_=*]{2,40}\s*$",
    _I,
)
_FORWARD = re.compile(
    r"^\s*(?:[-_=*]{2,40}\s*(?:forwarded (?:message|by .{0,60})|пересылаемое сообщение|пересланное сообщение"
    r"|переадресованное сообщение|конец пересылаемого сообщения)\b.{0,80}"
    r"|begin forwarded message:?|начало (?:переадресованного|пересылаемого) сообщения:?)\s*$",
    _I,
)
_HEADER_START = re.compile(
    r"^[\s*_|]{0,6}(?:от кого|от|from|отправитель)[*_]{0,2}\s?:[*_]{0,2}\s*\S", _I
)
_HEADER_NAME = re.compile(
    r"^[\s*_|]{0,6}(to|кому|sent|отправлено|date|дата|subject|тема|cc|копия|importance|важность|reply-to)[*_]{0,2}\s?:",
    _I,
)
_RULE = re.compile(r"^\s*[_=*-]{5,}\s*$|^\s*[—–]{3,}\s*$")
_DEVICE = (
    r"(?:iphone|ipad|ipod|apple|samsung|galaxy|huawei|honor|xiaomi|redmi|realme|android|ios|mail\b|mail\.ru|почт"
    r"|яндекс|yandex|outlook|gmail|windows|proton|bluemail|thunderbird|телефон|смартфон|устройств|мобильн|phone|mobile|tablet"
    r"|планшет|рамблер)"
)
_TAGLINE = re.compile(
    rf"^\s*(?:[-—–]{{1,3}}\s*)?(?:(?:sent|отправлено|послано|написано)\s(?:from|with|via|using|с|со|из|через|при помощи|от)\b.{{0,40}}{_DEVICE}.{{0,60}}"
    r"|get outlook for .{2,40}|(?:получить|получите|скачать|загрузить) outlook (?:для|на) .{2,40}"
    r"|(?:это письмо|данное письмо) отправлено .{0,80}|проверено на вирусы.{0,100}|без вирусов.{0,60}|virus-free.{0,60})\s*$",
    _I,
)
_PARTING = re.compile(
    r"^\s*(?:с (?:глубоким )?уважением|с наилучшими (?:пожеланиями)?|с пожеланиями|всего (?:доброго|наилучшего|хорошего)"
    r"|best regards|kind regards|warm regards|with (?:best|kind) regards|regards|best wishes|sincerely(?: yours)?"
    r"|yours (?:faithfully|sincerely|truly)|respectfully)\b[\s,.!]*(?:[^?]{0,80})$",
    _I,
)
_AFTERWORD = re.compile(
    r"^\s*(?:p\.?\s?s\b|п\.?\s?с\b|ps:|зы\b)|[?]|\b(?:прошу|пожалуйста|please)\b", _I
)
_WORDS = 9


def announces(line: str) -> int:
    """Whether a line says who wrote what follows: 2 surely, 1 if a quote follows, 0 not."""
    line = line[:_LINE].rstrip()
    if not line.endswith(":"):
        return 0
    date, verb = bool(_DATE.search(line)), bool(_VERB.search(line))
    address, time = bool(_ADDRESS.search(line)), bool(_TIME.search(line))
    if address and date and (time or verb):
        return 2
    return 1 if verb or (date and time) or (address and (date or verb)) else 0


def begins_announcement(line: str) -> bool:
    """Whether a line may be the first of several that `announces`."""
    return bool(_BEGINS.match(line[:_LINE]))


def is_original(line: str) -> bool:
    """The title of an answered letter."""
    return len(line) < 120 and bool(_ORIGINAL.match(line))


def is_forward(line: str) -> bool:
    """The title of a letter that is sent on."""
    return len(line) < 200 and bool(_FORWARD.match(line))


def is_header_start(line: str) -> bool:
    """The first line of a letter's header in words."""
    return bool(_HEADER_START.match(line[:_LINE]))


def is_header_name(line: str) -> str:
    """The name of a further line of such a header, in lower case; empty if it is none."""
    found = _HEADER_NAME.match(line[:_LINE])
    return found[1].lower() if found else ""


def is_rule(line: str) -> bool:
    """A line drawn with characters."""
    return len(line) < _LINE and bool(_RULE.match(line))


def is_tagline(line: str) -> bool:
    """What a program says of itself under a letter."""
    return len(line) < 160 and bool(_TAGLINE.match(line))


def parting(line: str) -> bool:
    """The first line of a signature in words."""
    return len(line) < 120 and bool(_PARTING.match(line))


def shapes_sentence(line: str) -> bool:
    """Whether a line under a parting is something said rather than a part of the signature."""
    return bool(_AFTERWORD.search(line)) or len(line.split()) > _WORDS
