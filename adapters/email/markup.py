"""The text of an HTML letter: what a person sees, with quoted parts marked by `>` as in plain letters. Pure."""

import re
from typing import Any

_CACHE: dict[str, Any] = {}
_UNSEEN = (
    "//script|//style|//head|//title|//noscript|//template|//object|//iframe|//svg|//meta|//link"
    "|//*[@hidden]|//input|//select|//textarea"
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_QUOTE_CLASSES = frozenset(
    {
        "gmail_quote",
        "gmail_extra",
        "yahoo_quoted",
        "moz-forward-container",
        "protonmail_quote",
        "zmail_extra",
        "tutanota_quote",
        "mail-quote-collapse",
    }
)
_QUOTE_IDS = re.compile(
    r"(?:^|_)(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)$|^yiv\d+yqt",
    re.IGNORECASE,
)
_DEEPEST = 200
MARK = "> …"
"""What stands for a part that was quoted."""
_LINES = re.compile(r"\n{3,}")
_GLUED = re.compile(r"[\u200b-\u200d\u2060\u00ad\ufeff\u034f]+")


def text_of(html: str) -> str:
    """Readable text; nothing that is not shown, nothing that runs."""
    from lxml import etree
    from lxml import html as parser

    if not html.strip():
        return ""
    try:
        # Bytes, because lxml refuses a str that declares an encoding.
        made = parser.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True)
        tree = parser.document_fromstring(html.encode("utf-8", "replace"), parser=made)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _bare(html)
    for unseen in tree.xpath(_UNSEEN):
        _drop(unseen)
    for styled in tree.xpath("//*[@style]"):
        if _HIDDEN.search(str(styled.get("style"))[:2000]):
            _drop(styled)
    _mark_quotes(tree)
    return _tidy(_rendered(tree) if _depth(tree) <= _DEEPEST else "\n".join(tree.itertext()))


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _mark_quotes(tree: Any) -> None:
    """A quoted part is one marked line; a forwarded letter, which is what the customer wants to show, stays."""
    from lxml import html as parser

    for element in list(tree.iter("blockquote", "div", "span", "hr")):
        parent = element.getparent()
        if parent is None or not _is_quote(element):
            continue
        if _is_forward(element):
            continue
        if str(element.get("id") or "").endswith(("divRplyFwdMsg", "appendonsend")):
            _drop_following(element)
        mark = parser.Element("div")
        mark.text = MARK
        mark.tail = element.tail
        parent.replace(element, mark)


def _is_quote(element: Any) -> bool:
    names = set(str(element.get("class") or "").split())
    if names & _QUOTE_CLASSES:
        return True
    if element.tag == "blockquote":
        return (
            element.get("type") == "cite" or "gmail_quote" in names or _after_attribution(element)
        )
    return bool(_QUOTE_IDS.search(str(element.get("id") or "")))


def _after_attribution(element: Any) -> bool:
    """A blockquote behind a line that ends with a colon is what that line announces."""
    before = element.getprevious()
    said = element.getparent().text if before is None else before.tail or before.text_content()
    return str(said or "").strip().endswith(":")


def _is_forward(element: Any) -> bool:
    words = " ".join(element.text_content()[:300].split()).lower()
    return words.startswith(
        (
            "---------- forwarded",
            "---------- пересл",
            "-------- пересл",
            "begin forwarded",
            "-------- forwarded",
        )
    )


def _drop_following(element: Any) -> None:
    """Outlook puts the whole answered letter behind an empty mark."""
    following = element.getnext()
    while following is not None:
        after = following.getnext()
        following.getparent().remove(following)
        following = after


def _depth(tree: Any) -> int:
    deepest, stack = 0, [(tree, 1)]
    while stack and deepest <= _DEEPEST:
        element, level = stack.pop()
        deepest = max(deepest, level)
        stack += [(child, level + 1) for child in element]
    return deepest


def _rendered(tree: Any) -> str:
    from inscriptis.css_profiles import STRICT_CSS_PROFILE
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig

    if "config" not in _CACHE:
        _CACHE["config"] = ParserConfig(css=STRICT_CSS_PROFILE.copy(), display_links=False)
    return str(Inscriptis(tree, _CACHE["config"]).get_text())


def _bare(html: str) -> str:
    return re.sub(r"<[^<>]{0,2000}>", " ", html)


def _tidy(text: str) -> str:
    text = _GLUED.sub("", text).replace("\u00a0", " ")
    lines = (line.strip() for line in text.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()
