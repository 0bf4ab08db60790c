"""HTML of mails: made harmless, and read as text. Pure.

What is kept is shown in a frame without scripts under a policy of its own (see api.py); both hold alone. Pictures that came
with the mail are put into it there; those of others' servers are addressed, and fetched only on request.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

LONGEST = 500_000
_BLOCKS = frozenset({
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_ATTRIBUTES = deepcopy(nh3.ALLOWED_ATTRIBUTES)
_ATTRIBUTES["*"] = {"style", "dir", "lang", "align", "valign", "bgcolor", "width", "height"}
_STYLES = frozenset({
    "background-color", "border", "border-collapse", "border-color", "border-radius", "border-style", "border-width", "color",
    "display", "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width",
    "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration",
    "text-transform", "vertical-align", "white-space", "width", "word-break",
})  # fmt: skip
"""None that takes an address of something to load, or a place outside the mail's own frame."""


def clean(html: str) -> str:
    """The mail's HTML without scripts, forms, frames and style sheets. Images keep where they are: the frame's policy says
    whether they are fetched."""
    return nh3.clean(
        html[:LONGEST].replace("\0", ""),
        clean_content_tags={"script", "style", "title", "template"},
        attributes=_ATTRIBUTES,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


_CID = re.compile(r'src="(?i:cid):([^"]{1,750})"')


def content_ids(cleaned: str) -> list[str]:
    """Of the pictures of its own that clean HTML shows, each once."""
    return list(dict.fromkeys(unquote(unescape(one)) for one in _CID.findall(cleaned)))


def with_pictures(cleaned: str, pictures: Mapping[str, str]) -> str:
    """Clean HTML with the addresses that are known for content ids; the rest show nothing."""

    def shown(found: re.Match[str]) -> str:
        address = pictures.get(unquote(unescape(found[1])), "")
        return f'src="{escape(address)}"'

    return _CID.sub(shown, cleaned)


def has_images(cleaned: str) -> bool:
    """Whether anything would be fetched from outside if images were shown."""
    return 'src="http' in cleaned


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self._break()
        if tag == "blockquote":
            self._quoted += 1
            self.lines[-1] = self._mark
        if tag == "li":
            self.lines[-1] += "- "

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in _BLOCKS:
            self._break()
        if tag == "p":
            self.lines.append(self._mark)
        if tag in ("td", "th") and not self.lines[-1].endswith(" "):
            self.lines[-1] += " "

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if data[:1].isspace() and not self.lines[-1].endswith(" ") and self.lines[-1] not in ("", self._mark):
            self.lines[-1] += " "
        self.lines[-1] += words + (" " if words and data[-1:].isspace() else "")

    @property
    def _mark(self) -> str:
        return "> " * min(self._quoted, 5)

    def _break(self) -> None:
        if self.lines[-1] != self._mark:
            self.lines.append(self._mark)


def text_of(html: str) -> str:
    """What a reader would see of clean HTML; quotations as in plain mails, with `>`."""
    reader = _Reader()
    reader.feed(html[:LONGEST])
    reader.close()
    text: list[str] = []
    for line in reader.lines:
        shown = line.rstrip()
        if shown or (text and text[-1]):
            text.append(shown)
    return "\n".join(text).strip("\n")
