"""Import of tables as other sites and spreadsheets write them, through the command. All rows are invented."""

import builtins
import io
import json
import sys
import zipfile
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from testimonials.importers.dates import DateOrder, parse_date
from testimonials.importers.markup import strip_markup
from testimonials.models import Testimonial, Version

pytestmark = pytest.mark.django_db


def stored():
    """Words, name, stars and local date of each imported review, oldest first."""
    payloads = {version.review_id: version.payload for version in Version.objects.all()}
    return [
        (
            payloads[one.pk]["words"],
            payloads[one.pk]["name"],
            one.stars,
            timezone.localdate(one.submitted_at).isoformat(),
        )
        for one in Testimonial.objects.order_by("submitted_at")
    ]


def table(*rows):
    return "\n".join(rows) + "\n"


EXPORTS = {
    "Trustpilot": table(
        "Domain URL,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),Review Consumer User Id,"
        "Review Username,Review User Email,Review Title,Review Content,Review Stars,Source Of Review,Reference Id,"
        "Company Reply",
        "center.example,The Center,bu1,tp-1,2024-03-14 15:26:53,u1,Mo R,mo@example.org,They listened,"
        "They sat with me until it got light.,5,Organic,,Thank you.",
    ),
    "Elfsight": table(
        "id,reviewer_name,reviewer_picture_url,rating,text,published_at,url,source",
        "e-1,Mo R,https://photos.example.org/p.jpg,5,They sat with me until it got light.,2024-03-14T15:26:53.000Z,"
        "https://reviews.example.org/1,google",
    ),
    "ReviewTrackers": table(
        "id,location_name,source_name,author,rating,content,published_at,url,responded",
        "rt-1,Main Street,Google,Mo R,4.5,They sat with me until it got light.,3/14/2024,https://reviews.example.org/1,no",
    ),
    "Strong Testimonials": table(
        "post_type,post_status,post_title,post_content,client_name,email,star_rating,post_date",
        "wpm-testimonial,publish,They listened,<!-- wp:paragraph --><p>They sat with me until it got light.</p>"
        "<!-- /wp:paragraph -->,Mo R,mo@example.org,5,2024-03-14 09:26:53",
        "wpm-testimonial,draft,Not yet,Half a sentence,Ana,ana@example.org,1,2024-03-15 09:26:53",
    ),
    "Site Reviews": table(
        "date,date_gmt,title,content,rating,name,email,avatar,ip_address,is_approved,is_pinned,is_verified,score,terms",
        "2024-03-14 09:26:53,2024-03-14 14:26:53,They listened,They sat with me<br />until it got light.,5,"
        "Mo O&#039;R,mo@example.org,,127.0.0.1,1,0,0,0,1",
        "2024-03-15 09:26:53,2024-03-15 14:26:53,Spam,Buy shoes,5,Shoes,s@example.org,,127.0.0.1,0,0,0,0,1",
    ),
    "Yelp": table(
        "review_id,user_id,business_id,stars,useful,funny,cool,text,date",
        "y-1,u1,b1,5.0,1,0,0,They sat with me until it got light.,2024-03-14 15:26:53",
    ),
}
LIGHT = "They sat with me until it got light."


@pytest.mark.parametrize(
    ("site", "review", "skipped"),
    [
        ("Trustpilot", (f"They listened\n\n{LIGHT}", "Mo R", 5, "2024-03-14"), []),
        ("Elfsight", (LIGHT, "Mo R", 5, "2024-03-14"), []),
        ("ReviewTrackers", (LIGHT, "Mo R", 4, "2024-03-14"), []),
        (
            "Strong Testimonials",
            (f"They listened\n\n{LIGHT}", "Mo R", 5, "2024-03-14"),
            ["it is not approved there"],
        ),
        (
            "Site Reviews",
            ("They listened\n\nThey sat with me\nuntil it got light.", "Mo O'R", 5, "2024-03-14"),
            ["it is not approved there"],
        ),
        ("Yelp", (LIGHT, "", 5, "2024-03-14"), []),
    ],
)
def test_the_export_of_each_site_is_read_without_a_map(run, site, review, skipped):
    ran = run(EXPORTS[site], "csv", name=site)

    assert (stored(), ran.reasons, ran.code) == ([review], skipped, 0)
    assert Testimonial.objects.get().source_name == site


def test_moments_of_a_column_in_utc_are_in_utc(run):
    run(EXPORTS["Trustpilot"], "csv")

    assert Testimonial.objects.get().submitted_at == datetime(2024, 3, 14, 15, 26, 53, tzinfo=UTC)


def dated(*dates):
    return table("Date,Text", *(f'"{date}",Kind {number}' for number, date in enumerate(dates)))


def test_one_date_that_proves_day_first_decides_for_all(run):
    ran = run(dated("03/04/2024", "25/04/2024", "1/2/24 13:05"), "csv")

    assert [row[3] for row in stored()] == ["2024-02-01", "2024-04-03", "2024-04-25"]
    assert "Dates: day first: line 3 of reviews.csv can be read in no other way" in ran.output


def test_without_a_proof_the_order_is_said_and_doubted(run):
    ran = run(dated("03/04/2024", "01/02/2024"), "csv", dry_run=True)

    assert "Dates: month first, but no date proves it." in ran.output


def test_dates_of_both_orders_are_refused_as_a_whole(run):
    ran = run(dated("03/04/2024", "25/04/2024", "4/25/2024"), "csv")

    assert ran.code == 1
    assert "day first at line 3 of reviews.csv and month first at line 4 of reviews.csv" in ran.output
    assert not Testimonial.objects.exists()


def test_files_of_one_import_share_the_order(run, tmp_path):
    (tmp_path / "months").mkdir()
    (tmp_path / "months/1.csv").write_text(dated("03/04/2024"))
    (tmp_path / "months/2.csv").write_text(dated("25/05/2024"))

    run(tmp_path / "months", "csv")

    assert [row[3] for row in stored()] == ["2024-04-03", "2024-05-25"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("45365", "2024-03-14T00:00:00"),
        ("45365.39363", "2024-03-14T09:26:50"),
        ("3/14/24", "2024-03-14T00:00:00"),
        ("03/14/24 9:26", "2024-03-14T09:26:00"),
        ("3/14/2024 9:26:53 PM", "2024-03-14T21:26:53"),
        ("3/14/2024 12:05 AM", "2024-03-14T00:05:00"),
        ("14-Mar-24", "2024-03-14T00:00:00"),
        ("14-Mar-2024 09:26", "2024-03-14T09:26:00"),
        ("14 March 2024", "2024-03-14T00:00:00"),
        ("Mar 14, 2024", "2024-03-14T00:00:00"),
        ("March 14th, 2024 at 9:26 AM", "2024-03-14T09:26:00"),
        ("Thursday, March 14, 2024", "2024-03-14T00:00:00"),
        ("Thursday, 14 March 2024", "2024-03-14T00:00:00"),
        ("3-14-2024", "2024-03-14T00:00:00"),
        ("2024/03/14", "2024-03-14T00:00:00"),
        ("2024-03-14 09:26:53", "2024-03-14T09:26:53"),
        ("2024-03-14 09:26:53 UTC", "2024-03-14T09:26:53+00:00"),
        ("2024-03-14T09:26:53.589Z", "2024-03-14T09:26:53.589000+00:00"),
        ("20240314", "2024-03-14T00:00:00"),
    ],
)
def test_dates_are_read_as_spreadsheets_write_them(written, moment):
    assert parse_date(written).isoformat() == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [("14.3.24", "2024-03-14"), ("14/03/2024", "2024-03-14"), ("3-4-2024", "2024-04-03"), ("14-Mar-24", "2024-03-14")],
)
def test_day_first_dates_are_read_in_that_order(written, moment):
    assert parse_date(written, DateOrder.DAY_FIRST).date().isoformat() == moment


@pytest.mark.parametrize(
    "written", ["Mar-24", "14-Mar", "14/3/2024", "3/14/202", "12345", "99999", "9:26", "3/14/2024 25:00", "0/1/2024"]
)
def test_what_is_no_whole_date_is_not_guessed(written):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_date(written)


@pytest.mark.parametrize("first_line", ["sep=;", "SEP=;\r", '"sep=;"'])
def test_the_separator_line_of_excel_is_obeyed(run, first_line):
    ran = run(table(first_line, "Date;Text;Rating", "2024-03-14;Kind, and patient, and there;5"), "csv")

    assert stored() == [("Kind, and patient, and there", "", 5, "2024-03-14")]
    assert [row["line or row"] for row in ran.rows] == ["3"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read(run, encoding):
    assert run(dated("2024-03-14").encode(encoding), "csv").counts == {"Imported": 1}


@pytest.mark.parametrize(
    ("title", "words", "kept"),
    [
        ("Kind", "They sat with me.", "Kind\n\nThey sat with me."),
        ("They sat", "They sat with me.", "They sat with me."),
        ("They sat…", "They sat with me.", "They sat with me."),
        ("Kind", "", "Kind"),
        ("", "They sat with me.", "They sat with me."),
    ],
)
def test_a_title_is_kept_above_the_words_once(run, title, words, kept):
    run(table("Date,Title,Text", f"2024-03-14,{title},{words}"), "csv")

    assert [row[0] for row in stored()] == [kept]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Kind.</p>\n<p>And <b>patient</b>.</p>", "Kind.\n\nAnd patient."),
        ('See <a href="https://example.org/x">this</a><img src=x onerror="alert(1)">', "See this"),
        ("Kind<script>alert(1)</script><style>p{}</style> people", "Kind people"),
        ("I <3 this place, 5 > 4 & <Mo> said so", "I <3 this place, 5 > 4 & <Mo> said so"),
        ("R&amp;B, &#8220;home&#8221; &lt;3 AT&T &not you", "R&B, “home” <3 AT&T &not you"),
        ("'=They were kind", "=They were kind"),
        ("'twas kind", "'twas kind"),
        ("<!-- wp:paragraph -->Kind<!-- /wp:paragraph -->", "Kind"),
    ],
)
def test_markup_is_stripped_and_nothing_else(written, kept):
    assert strip_markup(written).strip() == kept


@pytest.mark.parametrize(
    ("heading", "states", "taken"),
    [
        ("is_approved", ["1", "0"], 1),
        ("Status", ["Approved", "Pending", "REJECTED", "spam"], 1),
        ("post_status", ["publish", "draft", "private", "trash"], 1),
        ("Status", ["Answered", ""], 0),
    ],
)
def test_rows_that_are_not_approved_there_are_left_out(run, heading, states, taken):
    rows = [f"2024-03-14,Kind {number},{state}" for number, state in enumerate(states)]

    ran = run(table(f"Date,Text,{heading}", *rows), "csv")

    assert (ran.counts.get("Imported", 0), ran.counts["Skipped"]) == (taken, len(states) - taken)
    assert all("approved" in reason for reason in ran.reasons)


def test_a_map_can_say_that_a_column_is_no_approval(run, tmp_path):
    (tmp_path / "map.toml").write_text('[columns]\napproved = ""\n')

    ran = run(table("Date,Text,Status", "2024-03-14,Kind,Answered"), "csv", map=tmp_path / "map.toml")

    assert ran.counts == {"Imported": 1}


def workbook(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("given", "format", "named"),
    [
        (workbook("[Content_Types].xml", "xl/workbook.xml"), "csv", "it is an Excel workbook (.xlsx)"),
        (workbook("mimetype", "content.xml"), "csv", "it is an OpenDocument file (.ods)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "csv", "it is an Excel workbook (.xls)"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "csv", "it is a web page (HTML)"),
        ("\n <table><tr><td>Date</td></tr></table>", "csv", "it is a web page (HTML)"),
        ('<?xml version="1.0"?><rss/>', "csv", "it is XML"),
        ('{"reviews": []}', "csv", "it is JSON, not a table"),
        ('[{"comment": "Kind"}]', "csv", "it is JSON, not a table"),
        (b"%PDF-1.7\n", "csv", "it is a PDF document"),
        ("", "csv", "it is empty"),
        ("Date,Text\n2024-03-14,Kind\n", "google", "it is not JSON: for a table, use --format csv"),
        ("<html>", "google", "it is a web page (HTML)"),
        (json.dumps([{"comment": "Kind"}]).encode("utf-16"), "google", "it is in UTF-16: save it in UTF-8"),
        (workbook("xl/workbook.xml"), "google", "it is an Excel workbook (.xlsx)"),
        ('{"type": "FeatureCollection", "features": [{"a": 1}]}', "google", "this Google account wrote"),
        ('{"result": {"rating": 4.5}}', "google", "it is JSON, but holds no reviews"),
        ('[{"author_name": "Mo", "text": "Kind", "time": 1710408413}]', "google", "it is JSON, but holds no reviews"),
    ],
)
def test_what_a_file_is_instead_is_named(run, given, format, named):
    ran = run(given, format)

    assert (ran.code, named in ran.output) == (1, True), ran.output
    assert [row["outcome"] for row in ran.rows] == ["not read"]
    assert not Testimonial.objects.exists()


def test_a_workbook_among_tables_is_named_and_the_others_are_imported(run, tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/1.csv").write_bytes(workbook("xl/workbook.xml"))
    (tmp_path / "exports/2.csv").write_text(dated("2024-03-14"))

    ran = run(tmp_path / "exports", "csv")

    assert (ran.counts, ran.code) == ({"Imported": 1}, 1)
    assert "1.csv: it is an Excel workbook (.xlsx)" in ran.output


def test_what_was_understood_is_shown_before_anything_is_stored(run, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    answers = iter(["n", "y"])  # then the input is closed
    at_question = []

    def answer(question):
        at_question.append((question, Testimonial.objects.count()))
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(builtins, "input", answer)

    refused, accepted = run(EXPORTS["Site Reviews"], "csv"), run(EXPORTS["Site Reviews"], "csv")
    closed = run(EXPORTS["Yelp"], "csv")

    assert [stored for _, stored in at_question] == [0, 0, 1]
    assert at_question[0][0] == "Import these reviews, unpublished? [y/N] "
    assert ["Nothing was stored." in ran.output for ran in (refused, accepted, closed)] == [True, False, True]
    assert Testimonial.objects.count() == 1
    before, _, _ = accepted.output.partition("Done:")
    for line in (
        "reviews.csv: UTF-8, cells separated by commas",
        "  words    from the column “content”",
        "  title    from the column “title”",
        "  stars    from the column “rating”",
        "  approved from the column “is_approved”",
        "  not imported: “date_gmt”, “email”, “avatar”, “ip_address”, “is_pinned”, “is_verified”, “score”, “terms”",
        "Dates: written with the year first",
        "1  it is not approved there",
        "reviews.csv, 3: it is not approved there",
    ):
        assert line in before
