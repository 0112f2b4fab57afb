"""A draft or an article as plain text: .txt, .md, .html, .docx, .pdf. What is read is a stranger's: bounded, and nothing in it is run or fetched.

Paragraphs are parted by a blank line, items begin with a bullet, table rows have bars between their cells (`sentences.py`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.errors import Curable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

MOST_BYTES = 20_000_000
MOST_CHARACTERS = 200_000
LONGEST_WORD = 2_000
MOST_NUMBERS = 3_000
MOST_PAGES = 300
MOST_UNPACKED = 100_000_000
MOST_PARTS = 2_000


class Unreadable(Curable):
    """A file that cannot be read as a text, or is too large to be one: names it, and says what to do."""


def read_text(path: Path) -> str:
    """The text of a file. Raises Unreadable when it is none of the forms, is damaged, has no text, or is too large."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(f"{path}: not a form that is read. Save it as {', '.join(_READERS)}.")
    try:
        size = path.stat().st_size
    except OSError:
        raise Unreadable(f"{path}: there is no such file, or it may not be read. Check the name.") from None
    if size > MOST_BYTES:
        raise Unreadable(f"{path}: larger than {MOST_BYTES // 1_000_000} MB. Save the text alone.")
    text = reader(path).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"{path}: longer than {MOST_CHARACTERS:,} characters. Check it in parts.")
    if not text.strip():
        raise Unreadable(f"{path}: no text in it. A scan has to be typed or recognised first.")
    if re.search(rf"\S{{{LONGEST_WORD}}}", text):
        raise Unreadable(f"{path}: has a word of {LONGEST_WORD:,} characters, as no text has. Save the text alone.")
    if len(re.findall(r"\d+", text)) > MOST_NUMBERS:
        raise Unreadable(f"{path}: more than {MOST_NUMBERS:,} numbers. Check it in parts.")
    return text


def _plain(path: Path) -> str:
    """A text file in UTF-8, UTF-16 with its mark, or else Windows-1252, in which older word processors save."""
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings = ["utf-16"]
    elif b"\0" in content:
        raise Unreadable(f"{path}: not a text file. Save it as text.")
    else:
        codings = ["utf-8-sig", "cp1252"]
    for coding in codings:
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path}: in no coding that is read. Save it in UTF-8.")


class _Page(HTMLParser):
    """The text of a page, what is not shown left out. No entity is fetched: the parser knows of none but characters."""

    _BREAKS = frozenset(
        {
            "p",
            "div",
            "section",
            "article",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "table",
            "blockquote",
            "header",
            "footer",
        }
    )
    _HIDDEN = frozenset({"script", "style", "template", "noscript", "head", "nav", "svg"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.hidden += tag in self._HIDDEN
        if tag in self._BREAKS:
            self.parts.append("\n\n")
        elif tag in ("li", "dt"):
            self.parts.append("\n• ")
        elif tag in ("br", "tr"):
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in self._HIDDEN))
        if tag in self._BREAKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))


def _html(path: Path) -> str:
    page = _Page()
    page.feed(_plain(path))
    page.close()
    lines = (line.strip() for line in "".join(page.parts).split("\n"))
    return "\n".join(lines)


def _docx(path: Path) -> str:
    """A word processor's document: its paragraphs and tables in order. What it unpacks to is measured before it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable(f"{path}: not a whole .docx file. Save it again.") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable(f"{path}: unpacks to more than a document has. Save the text alone.")
    import docx

    try:
        document = docx.Document(str(path))
        return "\n".join(_blocks(document))
    except Exception as error:  # noqa: BLE001 - whatever the library makes of a damaged file; its words may quote the file
        raise Unreadable(f"{path}: damaged ({type(error).__name__}). Open it and save it again.") from None


def _blocks(document: Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        rows: Any = getattr(block, "rows", None)
        if rows is None:
            yield from _paragraph(block)  # type: ignore[arg-type]  # what has no rows is a paragraph
            continue
        yield ""
        for row in rows:
            yield "| " + " | ".join(" ".join(cell.text.split()) for cell in row.cells) + " |"
        yield ""


def _paragraph(paragraph: Paragraph) -> Iterator[str]:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    properties = paragraph._p.pPr
    is_item = style.startswith("List") or (properties is not None and properties.numPr is not None)
    text = paragraph.text.strip()
    yield from (f"• {text}",) if is_item else ("", text, "")


def _pdf(path: Path) -> str:
    """The text of a PDF's pages; pages and characters are bounded, and the library bounds what a stream unpacks to."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise Unreadable(f"{path}: locked with a password. Save it without one.")
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable(f"{path}: more than {MOST_PAGES} pages. Check it in parts.")
        pages: list[str] = []
        for page in reader.pages:
            pages.append(page.extract_text())
            if sum(map(len, pages)) > MOST_CHARACTERS:
                break
        return "\n".join(pages)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the library makes of a damaged file; its words may quote the file
        raise Unreadable(
            f"{path}: not a whole PDF ({type(error).__name__}). Save it again, or save the text."
        ) from None


_READERS: dict[str, Callable[[Path], str]] = {
    ".txt": _plain,
    ".md": _plain,
    ".html": _html,
    ".htm": _html,
    ".docx": _docx,
    ".pdf": _pdf,
}
