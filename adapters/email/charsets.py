"""Bytes of a letter as text, whatever its charset is said to be. Pure, never raises."""

import codecs
import re
from email.header import decode_header

_ALIASES = {
    "win-1251": "cp1251",
    "windows1251": "cp1251",
    "win1251": "cp1251",
    "cp-1251": "cp1251",
    "x-cp1251": "cp1251",
    "koi8": "koi8-r",
    "koi-8": "koi8-r",
    "utf": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso-8859-8",
    "ansi": "cp1252",
    "x-sjis": "shift_jis",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
}
_WEST = frozenset({"ascii", "iso8859-1", "cp1252", "latin-1", "iso8859-15"})
"""What programs write that know nothing of charsets."""
_RUSSIAN = ("cp1251", "koi8-r", "cp866", "iso8859-5")
_LOWER = re.compile("[а-яё]")
_WORD = re.compile("[А-Яа-яЁё]{3,}")
_UPPER = re.compile("[А-ЯЁ]")
_ODD = re.compile("[\u0080-\u009f\u2500-\u259f]")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_NO_CODEC = frozenset({"base64", "hex", "quopri", "rot13", "uu", "zlib", "bz2", "idna", "punycode"})
FOLDS = re.compile(r"\s*[\r\n]+\s*")


def decode(content: bytes, told: str | None) -> str:
    """As the charset that is told where that fits the bytes, else as what they look like."""
    charset = _known(told)
    if charset and charset not in _WEST:
        try:
            return clean(content.decode(charset))
        except (UnicodeError, ValueError):
            pass
    return clean(_guessed(content, charset))


def clean(text: str) -> str:
    """Without the characters that no database and no messenger takes; lines end with `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", text)


def header(value: object, longest: int = 2000) -> str:
    """A header's value as one line of text, its encoded words decoded."""
    raw = FOLDS.sub(" ", str(value))[:longest]
    try:
        pieces = decode_header(raw)
    except Exception:  # noqa: BLE001  (encoded words are broken in every way there is)
        return _one_line(raw)
    words = [
        piece if isinstance(piece, str) else decode(piece, None if told == "unknown-8bit" else told)
        for piece, told in pieces
    ]
    return _one_line("".join(words))


def _one_line(text: str) -> str:
    # A header that held bytes came as surrogates: they are bytes again, and looked at as such.
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        text = decode(text.encode("utf-8", "surrogateescape"), None)
    return " ".join(clean(text).split())


def _known(told: str | None) -> str:
    name = (told or "").strip().strip("\"'").lower()[:40]
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    return "" if found in _NO_CODEC else found


def _guessed(content: bytes, charset: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [content.decode(name, "replace") for name in _RUSSIAN]
    best = max(readings, key=_like_russian)
    # The foreign letters of western languages stand alone; Russian ones stand together.
    together = sum(map(len, _WORD.findall(best)))
    if _like_russian(best) > 0 and 2 * together > sum(byte > 127 for byte in content):
        return best
    return content.decode(charset or "cp1252", "replace")


def _like_russian(text: str) -> int:
    """Russian is written small for the most part; a wrong charset turns cases about or draws frames."""
    return (
        len(_LOWER.findall(text)) - 2 * len(_UPPER.findall(text)) // 2 - 3 * len(_ODD.findall(text))
    )
