"""Workbooks of redirects: read as the sheet shows them, and refused in words where they hold more than addresses."""

import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from detoxsite.core.models import Redirect
from detoxsite.core.redirects import importing, workbooks


def book(*rows, sheets=()):
    """An .xlsx file with these rows in its first sheet, and ``sheets``: (title, rows)."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for title, others in sheets:
        sheet = workbook.create_sheet(title)
        for row in others:
            sheet.append(row)
    return saved(workbook)


def saved(workbook):
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def rewritten(content, name, change):
    """The file with the entry ``name`` changed, or added."""
    old, new = ZipFile(io.BytesIO(content)), io.BytesIO()
    with ZipFile(new, "w", ZIP_DEFLATED) as archive:
        for entry in old.namelist():
            if entry != name:
                archive.writestr(entry, old.read(entry))
        archive.writestr(name, change(old.read(name) if name in old.namelist() else b""))
    return new.getvalue()


def test_the_rows_are_those_of_the_sheet_with_its_numbers():
    content = book(["Old address", "New address", "Answer", "Note"], ["/a", "/b/", 301, "x"], [], ["/c", None, 410.0])

    text = workbooks.as_text(content)

    assert text == "Old address\tNew address\tAnswer\n/a\t/b/\t301\n\t\t\n/c\t\t410\n"
    assert [(line.number, line.cells[0]) for line in importing.read(text)] == [(2, "/a"), (4, "/c")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("/a\nb", "/a b"),
        (date(2026, 11, 2), "2026-11-02T00:00:00"),
        (True, "True"),
        ("/it\ts", "/it s"),
        (2026, "2026"),
    ],
)
def test_a_cell_is_one_line(cell, text):
    assert workbooks.as_text(book(["/x", cell])).split("\t")[1] == text


def test_empty_and_hidden_sheets_are_left_out():
    workbook = Workbook()
    workbook.create_sheet("Data").append(["/a", "/b/"])
    notes = workbook.create_sheet("Notes")
    notes.append(["secret"])
    notes.sheet_state = "hidden"

    assert workbooks.as_text(saved(workbook)) == "/a\t/b/\t\n"


def test_a_workbook_without_rows_has_none():
    with pytest.raises(ValidationError, match="no row"):
        importing.read(importing.decode(book()))


PLAIN = book(["/a", "/b/"])
FORMULA = book(["/a", "/b/"], ["/c", '=HYPERLINK("https://elsewhere.example/","/d/")'])
ENTITIES = rewritten(
    PLAIN, "xl/worksheets/sheet1.xml", lambda xml: b'<!DOCTYPE x [<!ENTITY e "eeee">]>' + xml.replace(b"/b/", b"&e;")
)
FAR_DOWN = rewritten(PLAIN, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="1"', b'r="1048576"'))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (FORMULA, "B2 holds a formula"),
        (book(["/a", "/b/"], sheets=[("Old", [["/c", "/d/"]])]), "Several sheets have rows: “Sheet”, “Old”"),
        (book(sheets=[(f"S{number}", []) for number in range(workbooks.MAX_SHEETS)]), "more than 20 sheets"),
        (rewritten(PLAIN, "xl/vbaProject.bin", lambda _: b"macros"), "holds macros"),
        (rewritten(PLAIN, "xl/bomb.xml", lambda _: b"0" * (9 << 20)), "too large"),
        (rewritten(PLAIN, "xl/worksheets/sheet1.xml", lambda xml: xml[:-40]), "no Excel workbook"),
        (rewritten(PLAIN, "xl/workbook.xml", lambda _: b""), "no Excel workbook"),
        (ENTITIES, "no Excel workbook"),
        (FAR_DOWN, "below row 10,000"),
        (PLAIN[: len(PLAIN) // 2], "no Excel workbook"),
        (b"PK\x03\x04", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .xls"),
    ],
)
def test_what_holds_more_than_addresses_is_refused_in_words(content, said):
    with pytest.raises(ValidationError, match=said):
        workbooks.as_text(content)


def test_many_entries_are_refused_before_any_is_opened(monkeypatch):
    monkeypatch.setattr("openpyxl.reader.excel.ExcelReader.read", lambda *args, **kwargs: pytest.fail("opened"))
    file = io.BytesIO(PLAIN)
    with ZipFile(file, "a") as archive:
        for number in range(workbooks.MAX_ENTRIES):
            archive.writestr(f"xl/{number}", b"")
    with pytest.raises(ValidationError, match="too large"):
        workbooks.as_text(file.getvalue())


def test_no_sheet_is_read_after_the_second_with_rows(monkeypatch):
    read, rows_of = [], workbooks._rows
    monkeypatch.setattr(workbooks, "_rows", lambda sheet: read.append(sheet.title) or rows_of(sheet))
    with pytest.raises(ValidationError, match="Several sheets"):
        workbooks.as_text(book(["/a", "/b/"], sheets=[(f"S{number}", [["/a", "/b/"]]) for number in range(9)]))
    assert read == ["Sheet", "S0"]


@pytest.mark.django_db
def test_a_workbook_is_checked_and_stored_like_any_table(as_role):
    client, url = as_role("manager"), "/admin/detoxsite/redirect/import/"
    file = SimpleUploadedFile("old.xlsx", book(["Old address", "New address"], ["/team.html", "/privacy/"]))

    checked = client.post(url, {"file": file, "check": "1"})
    assert "/team.html → /privacy/" in checked.content.decode()
    client.post(url, {"rows": checked.context["form"].initial["rows"], "store": "1"})

    assert list(Redirect.objects.values_list("path", "target", "source")) == [("/team.html", "/privacy/", "import")]


@pytest.mark.django_db
def test_a_refusal_is_beside_the_field(as_role):
    file = SimpleUploadedFile("old.xlsx", FORMULA)
    response = as_role("manager").post("/admin/detoxsite/redirect/import/", {"file": file, "check": "1"})
    assert response.status_code == 422
    assert "B2 holds a formula" in str(response.context["form"].errors["file"])
