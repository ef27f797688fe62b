"""HTML as a stream of tags and texts, and as plain text, in time that grows with its length alone.

The usual parsers compare each attribute of a tag with all others and set no limit: one tag of 40,000 attributes
(300 KB) keeps lxml 6.1 busy for 11 seconds and selectolax 1.0 for 15. What is needed here is little: tags with
their attributes, texts, and scripts apart. Tags are found as the HTML standard does (section 13.2.5,
https://html.spec.whatwg.org/multipage/parsing.html#tokenization), with more patience where a quote is not closed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Elements whose content is no markup; that of the first two of the standard's kinds is text, of the rest unseen.
_TEXT_ONLY = frozenset(("textarea", "title"))
_RAW = frozenset("script style iframe noembed noframes xmp".split()) | _TEXT_ONLY
_BREAKS = frozenset(
    "p div li ul ol dl dt dd tr table section article header footer h1 h2 h3 h4 h5 h6 br hr blockquote pre".split()
)
_APART = frozenset(("td", "th", "option"))
#: Elements that hold nothing and have no end tag.
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
#: Attributes of one tag that are read on; an honest one has below 40.
_MOST_ATTRIBUTES = 100
_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s>]*+)))?+"
)
_TAG_END = re.compile(r"[\s/]*+>")
#: Character references of numbers that no character has: ``html.unescape`` would try to read them.
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{7,}+);?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_SPACES_OF_A_LINE = re.compile(r"[ \t\f\u00a0]+")
#: A text that was escaped once too often shows these as words.
_SHOWN_TAG = re.compile(r"</?(?:p|br|li|ul|ol|div|b|strong|em|span|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_MOST_TIMES_ESCAPED = 3


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag, its name in lower case; ``raw`` is the content of a script or style."""

    name: str
    attributes: dict[str, str]
    is_end: bool = False
    raw: str | None = None


def unescaped(text: str) -> str:
    """A text with its character references read."""
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text)) if "&" in text else text


def tokens(page: str) -> Iterator[Tag | str]:
    """The tags and texts of a page in its order; comments and declarations are left out."""
    at = 0
    while (opened := page.find("<", at)) >= 0:
        if opened > at:
            yield unescaped(page[at:opened])
        if page.startswith("<!--", opened):
            at = _behind(page, "-->", opened + 2)
        elif page.startswith("<![CDATA[", opened):
            at = _behind(page, "]]>", opened)
            yield page[opened + 9 : at - 3]
        elif page.startswith(("<!", "<?"), opened):
            at = _behind(page, ">", opened)
        elif page.startswith("</", opened) and (name := _NAME.match(page, opened + 2)):
            at = _behind(page, ">", name.end())
            yield Tag(name[0].lower(), {}, is_end=True)
        elif name := _NAME.match(page, opened + 1):
            tag, at = _start_tag(page, name[0].lower(), name.end())
            if tag.name in _RAW:
                closing = re.compile(rf"</{tag.name}(?=[\s/>]|\Z)", re.IGNORECASE).search(page, at)
                content = page[at : closing.start() if closing else len(page)]
                at = closing.start() if closing else len(page)
                tag = Tag(tag.name, tag.attributes, raw=content)
                yield tag
                if tag.name in _TEXT_ONLY:
                    yield unescaped(content)
            else:
                yield tag
        else:
            yield "<"
            at = opened + 1
    if at < len(page):
        yield unescaped(page[at:])


def _behind(page: str, end: str, at: int) -> int:
    found = page.find(end, at)
    return len(page) if found < 0 else found + len(end)


def _start_tag(page: str, name: str, at: int) -> tuple[Tag, int]:
    """A tag whose name ends at ``at``, and where it ends itself. Of two attributes of one name the first counts."""
    attributes: dict[str, str] = {}
    while not (ended := _TAG_END.match(page, at)):
        found = _ATTRIBUTE.match(page, at)
        if not found:
            return Tag(name, attributes), len(page)
        at = found.end()
        if len(attributes) < _MOST_ATTRIBUTES:
            value = next((value for value in found.group("double", "single", "bare") if value is not None), "")
            attributes.setdefault(found["name"].lower(), unescaped(value))
    return Tag(name, attributes), ended.end()


def gap(tag: Tag) -> str:
    """What a tag puts between the words around it: a new line, a space, or nothing."""
    return "\n" if tag.name in _BREAKS else " " if tag.name in _APART else ""


def tidy(parts: list[str]) -> str:
    """Pieces of text as lines: spaces as one, no empty line twice, no control characters."""
    text = _CONTROLS.sub("", "".join(parts))
    lines = (_SPACES_OF_A_LINE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def plain_text(text: str) -> str:
    """A text without its HTML: blocks as lines, scripts and styles left out.

    What holds no markup keeps its lines; what was escaped once too often is read again.
    """
    for _ in range(_MOST_TIMES_ESCAPED):
        parts: list[str] = []
        marked = False
        for token in tokens(text):
            if isinstance(token, Tag):
                marked = True
                parts.append(gap(token))
            else:
                parts.append(token)
        if marked:
            parts = [part if part == "\n" else _SPACES.sub(" ", part) for part in parts]
        text = tidy(parts)
        if not _SHOWN_TAG.search(text):
            break
    return text
