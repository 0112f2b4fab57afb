"""A draft in any of the forms gives the same text; a hostile or damaged file is refused plainly and quickly."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen import canvas

from svu_pipeline.claims import read
from svu_pipeline.claims.read import Unreadable, read_text
from svu_pipeline.claims.sentences import sentences

LINES = ("The year in figures", "In the year the unit arrested 440 people.", "Seized £261,000", "Executed 168 warrants")


def _docx(path: Path) -> Path:
    document = docx.Document()
    document.add_heading(LINES[0])
    document.add_paragraph(LINES[1])
    document.add_paragraph(LINES[2], style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Executed", "168 warrants"
    document.save(str(path))
    return path


def _pdf(path: Path) -> Path:
    page = canvas.Canvas(str(path))
    for number, line in enumerate(LINES):
        page.drawString(72, 760 - 20 * number, line)
    page.save()
    return path


def _html(path: Path) -> Path:
    hidden = "<script>var n = '999 people arrested'</script><style>p { margin: 998px }</style>"
    body = f"<h1>{LINES[0]}</h1><p>{LINES[1].replace('440', '<b>440</b>')}</p><ul><li>{LINES[2].replace('£', '&pound;')}</li></ul>"
    path.write_text(f"<html><head>{hidden}</head><body>{body}<p>{LINES[3]}</p></body></html>", "utf-8")
    return path


def _text(path: Path) -> Path:
    path.write_text("\n\n".join(LINES), "utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "name"), [(_docx, "a.docx"), (_pdf, "a.pdf"), (_html, "a.html"), (_text, "a.txt"), (_text, "a.md")]
)
def test_every_form_gives_its_words_and_nothing_that_is_hidden(make: object, name: str, tmp_path: Path) -> None:
    assert callable(make)
    text = read_text(make(tmp_path / name))
    for words in ("The year in figures", "arrested 440 people", "Seized £261,000", "168 warrants"):
        assert words in " ".join(text.split())
    assert "999" not in text and "998" not in text


def test_items_and_rows_of_a_document_are_items_and_rows(tmp_path: Path) -> None:
    found = sentences(read_text(_docx(tmp_path / "a.docx")))
    assert [(one.text, one.is_item, one.is_row) for one in found[-2:]] == [
        ("Seized £261,000", True, False),
        ("| Executed | 168 warrants |", False, True),
    ]


def test_text_of_an_older_word_processor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("“£261,000” – seized".encode("cp1252"))
    assert read_text(file) == "“£261,000” – seized"


def _bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(120):
            part.write(b" " * 1_000_000)
    return path


def _entity(path: Path) -> Path:
    """A document whose text asks for a file of the machine by an XML entity."""
    _docx(path)
    parts = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(parts, "w") as made:
        for part in archive.infolist():
            content = archive.read(part)
            if part.filename == "word/document.xml":
                declared = b'<!DOCTYPE w [<!ENTITY secret SYSTEM "%s">]>' % (path.parent / "secret").as_uri().encode()
                head, _, rest = content.partition(b"?>")
                content = head + b"?>" + declared + rest.replace(b"The year in figures", b"&secret;")
            made.writestr(part, content)
    path.write_bytes(parts.getvalue())
    return path


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="unpacks to more"):
        read_text(_bomb(tmp_path / "a.docx"))


def test_an_entity_of_a_document_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("440 people", "utf-8")
    try:
        text = read_text(_entity(tmp_path / "a.docx"))
    except Unreadable:
        return
    assert "440 people" not in text.replace(LINES[1], "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK\x03\x04 not a document"),
        ("a.docx", b""),
        ("a.pdf", b"%PDF-1.7 not a document"),
        ("a.pdf", b""),
        ("a.txt", b"\0\1\2\3"),
        ("a.txt", b"   \n \n"),
        ("a.html", b"<html><script>440 people</script></html>"),
        ("a.odt", b"440 people"),
        ("a.txt", None),
    ],
)
def test_what_is_no_text_is_refused_with_its_name_and_a_cure(name: str, content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Unreadable, match=name):
        read_text(file)


def test_what_is_no_text_of_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("440 people " + "1" * read.LONGEST_WORD, "utf-8")
    with pytest.raises(Unreadable, match="a word of"):
        read_text(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_text("440 people. " * (read.MOST_NUMBERS + 1), "utf-8")
    with pytest.raises(Unreadable, match="numbers"):
        read_text(tmp_path / "b.txt")


def test_what_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _text(tmp_path / "a.txt")
    for limit, words in (("MOST_CHARACTERS", "longer"), ("MOST_BYTES", "larger")):
        with monkeypatch.context() as patch:
            patch.setattr(read, limit, 10)
            with pytest.raises(Unreadable, match=words):
                read_text(file)
    with monkeypatch.context() as patch:
        patch.setattr(read, "MOST_PAGES", 0)
        with pytest.raises(Unreadable, match="pages"):
            read_text(_pdf(tmp_path / "a.pdf"))
