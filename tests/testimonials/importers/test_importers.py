"""Import of reviews: which rows are imported or skipped, and that none is lost or imported twice."""

import contextlib
import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detoxsite.core.locking import locked
from intake.models import CallForHelp
from testimonials.importers import (
    csv_source,
    files,
    google,
    json_stream,
)
from testimonials.importers.column_map import ColumnMap, InvalidColumnMap
from testimonials.importers.records import InvalidRow, parse_stars
from testimonials.models import (
    Author,
    DisplayConsent,
    Reason,
    ReviewCounter,
    ReviewEvent,
    Source,
    Status,
    Testimonial,
    Version,
)
from testimonials.services import author, moderation, submission
from tests.factories import make_user
from tests.site_process import ROOT

pytestmark = pytest.mark.django_db


def review(number=1, **fields):
    """A review as the Business Profile API returns it."""
    return {
        "name": f"accounts/1/locations/2/reviews/g-{number}",
        "reviewId": f"g-{number}",
        "reviewer": {"displayName": "Mo Rivers", "profilePhotoUrl": "https://photos.example.org/p.jpg"},
        "starRating": "FOUR",
        "comment": f"They sat with me until it got light, night {number}.",
        "createTime": "2024-03-14T09:26:53.589793238Z",
        "updateTime": "2024-03-14T09:26:53.589793238Z",
        "reviewReply": {"comment": "Thank you.", "updateTime": "2024-03-15T00:00:00Z"},
        "reviewMediaItems": [{"mediaUrl": "https://photos.example.org/m.jpg"}],
        **fields,
    }


def words():
    return [version.payload["words"] for version in Version.objects.order_by("review", "number")]


# --- imported reviews ------------------------------------------------------------------------------------------------


def test_a_google_review_is_imported_sealed_and_without_consent(run):
    ran = run({"reviews": [review(comment="=HYPERLINK: they saved me 🌊, I had a seizure")], "nextPageToken": "more"})

    stored, version = Testimonial.objects.get(), Version.objects.get()
    assert ran.counts == {"Imported": 1}
    assert (stored.source, stored.source_name, stored.source_id) == (Source.GOOGLE, "Google", "g-1")
    assert (stored.status, stored.stars) == (Status.PENDING, 4)
    assert (stored.allow_words, stored.allow_name, stored.allow_photo) == (False, False, False)
    assert (stored.shown_words, stored.shown_name, stored.reply) == ("", "", "")
    assert stored.submitted_at == datetime(2024, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
    assert version.payload == {
        "words": "=HYPERLINK: they saved me 🌊, I had a seizure",
        "name": "Mo Rivers",
        "signs": [],
        "is_worrying": False,
    }
    assert [(step.kind, step.by) for step in ReviewEvent.objects.all()] == [("imported", None)]
    assert not Author.objects.exists()
    assert not DisplayConsent.objects.exists()
    assert not CallForHelp.objects.exists()  # years old: no alert at night for it
    assert list(Testimonial.objects.imported_without_consent()) == [stored]
    assert [(row.status, row.stars, row.source, row.n) for row in ReviewCounter.objects.all()] == [
        ("pending", 4, "google", 1)
    ]
    assert ran.rows == [
        {"file": "reviews.json", "line or row": "1", "id": "g-1", "outcome": "imported", "reason": ""},
    ]


def test_with_consent_on_file_it_can_be_published(run):
    run([review()])
    stored, moderator = Testimonial.objects.get(), make_user("moderator")

    moderation.record_consent(stored.pk, by=moderator, parts=["words", "name"], how="Phoned on May 3, 2025")
    shown = moderation.approve(stored.pk, by=moderator, version=1)

    assert (shown.shown_words, shown.shown_name) == ("They sat with me until it got light, night 1.", "Mo Rivers")


@pytest.mark.parametrize(
    "given",
    [
        json.dumps({"reviews": [review(1), review(2)]}),
        json.dumps({"averageRating": 4.5, "reviews": [review(1), review(2)], "nextPageToken": "x"}, indent=2),
        json.dumps([review(1), review(2)]),
        "\ufeff" + json.dumps([review(1), review(2)], indent=1),
        "\n".join(json.dumps(review(number)) for number in (1, 2)) + "\n",
        "\r\n".join(json.dumps(review(number)) for number in (1, 2)),
        "\n".join(json.dumps({"reviews": [review(number)]}) for number in (1, 2)),
        "\n".join(json.dumps(review(number), indent=2) for number in (1, 2)),
        json.dumps({"totalReviewCount": 0}) + json.dumps({"reviews": [review(1), review(2)]}),
    ],
)
def test_every_way_google_is_saved_is_read(run, given):
    ran = run(given)

    assert (ran.counts, ran.code) == ({"Imported": 2}, 0)


@pytest.mark.parametrize("is_zip", [False, True])
def test_a_takeout_is_read_as_a_folder_and_as_a_zip(run, tmp_path, is_zip):
    members = {
        "Takeout/Google Business Profile/account-1/location-2/reviews.json": [review(1)],
        "Takeout/Google Business Profile/account-1/location-2/reviews-5f3a.json": [review(2)],
        "Takeout/Google Business Profile/account-1/location-3/Reviews-1.JSON": [review(3), review(1)],
        "Takeout/Google Business Profile/account-1/location-2/data.json": [review(4)],
    }
    path = tmp_path / ("takeout.zip" if is_zip else "takeout")
    if is_zip:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {**members, "../../escaped/reviews.json": [review(5)]}.items():
                archive.writestr(name, json.dumps({"reviews": content}))
    else:
        for name, content in members.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(json.dumps({"reviews": content}))

    ran = run(path)

    assert ran.counts == {"Imported": 3 + is_zip, "Duplicate": 1}
    assert not list(tmp_path.parent.rglob("escaped"))
    assert [row["id"] for row in ran.rows if row["outcome"] == "imported"] == ["g-5"] * is_zip + ["g-2", "g-1", "g-3"]


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("(Translated by Google) They are kind.\n\n(Original)\nSon amables.", "Son amables."),
        ("Son amables.\n\n(Translated by Google)\nThey are kind.", "Son amables."),
        ("(Original) Son amables. (Translated by Google) They are kind.", "Son amables."),
        ("(Translated by Google) They are kind. (Original) Son amables.", "Son amables."),
        ("It said (Translated by Google) on the wall", "It said (Translated by Google) on the wall"),
    ],
)
def test_the_original_is_kept_and_not_its_translation(run, comment, kept):
    run([review(comment=comment)])

    assert words() == [kept]


@pytest.mark.parametrize(
    ("reviewer", "name"),
    [
        ({"displayName": "A Google User", "isAnonymous": True}, ""),
        ({"displayName": " محمد\n علي "}, "محمد علي"),
        ({"displayName": "N" * 60}, "N" * 39 + "…"),
        ({"displayName": ["Mo"]}, ""),
        (None, ""),
        ("Mo", ""),
    ],
)
def test_names_are_kept_as_they_can_be_shown(run, reviewer, name):
    run([review(reviewer=reviewer)])

    assert Version.objects.get().payload["name"] == name


def test_nothing_is_fetched(run, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    ran = run([review(comment="See https://example.org/photos and http://127.0.0.1:1/ for more of it")])

    assert ran.counts == {"Imported": 1}
    with pytest.raises(AssertionError):
        socket.create_connection(("127.0.0.1", 1))


# --- tables ----------------------------------------------------------------------------------------------------------


TABLE = [
    ["Review ID", "Reviewer Name", "Rating", "Date", "Review Text"],
    ["y-1", "Mo", "4.0", "2024-03-14", 'They said "stay",\nand I stayed; with tea.'],
    ["y-2", "", "★★★★☆", "3/14/2024", "=They were kind\tto me"],
]


def written(rows, delimiter=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_are_read_in_every_way_they_are_saved(run, delimiter, encoding):
    ran = run(written(TABLE, delimiter, encoding), "csv", name="Yelp")

    assert (ran.counts, ran.code) == ({"Imported": 2}, 0)
    assert words() == ['They said "stay",\nand I stayed; with tea.', "=They were kind to me"]
    assert [(one.source, one.source_name, one.source_id, one.stars) for one in Testimonial.objects.order_by("pk")] == [
        ("other", "Yelp", "yelp/y-1", 4),
        ("other", "Yelp", "yelp/y-2", 4),
    ]
    assert [row["line or row"] for row in ran.rows] == ["2", "4"]


def test_a_column_map_names_the_columns(run, tmp_path):
    map_path = tmp_path / "map.toml"
    map_path.write_text(
        'source = "Rehab guide"\ndate_format = "%d.%m.%Y"\nencoding = "cp1252"\n[columns]\nid = "Nr."\nwords = "Said"\n'
        'stars = "Points"\nname = "Who"\ndate = "Day"\nreply = "Us"\n'
    )
    rows = [
        ["Text", "Nr.", "Said", "Points", "Who", "Day", "Us"],
        ["no", "7", "Café, très bien", "5/5", "Zoë", "14.03.2024"],
    ]

    ran = run(written(rows, ";", "cp1252"), "csv", map=map_path)

    stored = Testimonial.objects.get()
    assert ran.counts == {"Imported": 1}
    assert Version.objects.get().payload == {
        "words": "Café, très bien",
        "name": "Zoë",
        "signs": [],
        "is_worrying": False,
    }
    assert (stored.source_name, stored.source_id, stored.stars) == ("Rehab guide", "rehab guide/7", 5)
    assert timezone.localdate(stored.submitted_at).isoformat() == "2024-03-14"


@pytest.mark.parametrize(
    ("map_text", "why"),
    [
        ("[columns", "cannot be read"),
        ("colums = 1", "colums"),
        ('[columns]\nrating = "Stars"', "may only have"),
        ("[columns]\nid = 1", "in quotes"),
        ('date_format = "%Q"', "date_format"),
        ('date_format = "%Y %Y"', "date_format"),
        ('encoding = "martian"', "encoding"),
        ('encoding = "rot13"', "encoding"),
        ('[columns]\nid = "Number"', "“Number”"),
    ],
)
def test_an_invalid_column_map_is_refused_with_a_reason(run, tmp_path, map_text, why):
    path = tmp_path / "map.toml"
    path.write_text(map_text)

    ran = run(written(TABLE), "csv", map=path)

    assert ran.code == 1
    assert why in ran.output
    assert not Testimonial.objects.exists()


def test_a_table_without_headings_is_refused_and_not_quoted(run):
    ran = run(written([["Mo said quetzal things", "5"]]), "csv")

    assert ran.code == 1
    assert "quetzal" not in ran.output
    assert "--map" in ran.output


@pytest.mark.parametrize(
    ("written", "stars"),
    [
        *[("5", 5), ("4.0", 4), ("3,0", 3), ("5/5", 5), ("4 / 5", 4), ("2 out of 5", 2), ("1 star", 1), (" ", None)],
        *[
            ("★★★★☆", 4),
            ("⭐⭐⭐", 3),
            ("⭐️⭐️", 2),
            ("ONE", 1),
            ("Five", 5),
            ("five stars", 5),
            ("5", 5),
            (5, 5),
            (None, None),
        ],
        ("STAR_RATING_UNSPECIFIED", None),
        *[("4.5", 4), ("1,5", 1), ("3.50", 3), ("2.5/5", 2), ("4½", 4), ("4 1/2", 4), ("★★★½☆", 3), ("★½", 1)],
    ],
)
def test_stars_are_read_however_they_are_written(written, stars):
    assert parse_stars(written) == stars


@pytest.mark.parametrize(
    "written",
    [
        "0",
        "6",
        "4.3",
        "5.5",
        "0.5",
        "4/10",
        "☆☆☆☆☆",
        "★★★★★★",
        "★★☆",
        "great",
        "1e0",
        "-1",
        "½",
        "SIX",
        True,
        [5],
        {},
        7,
        float("inf"),
    ],
)
def test_invalid_ratings_are_skipped(written):
    with pytest.raises(InvalidRow):
        parse_stars(written)


# --- skipped rows ----------------------------------------------------------------------------------------------------


TOMORROW = (timezone.now() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"comment": None}, "the review is empty"),
        ({"comment": " \u200b\n\u00a0"}, "the review is empty"),
        ({"comment": ["a", "list"]}, "the review is not text"),
        ({"comment": "(Translated by Google) They are kind."}, "it contains only a translation"),
        ({"comment": "w" * 5001}, "the review is longer than 5,000 characters"),
        ({"comment": "w" * 2 * 2**20}, "the review is longer than 5,000 characters"),
        ({"comment": "w" * 5 * 2**20}, "the entry is too large for a review"),
        ({"starRating": 7}, "the rating is not a whole or half number from 1 to 5"),
        ({"starRating": ["FIVE"]}, "the rating is not a whole or half number from 1 to 5"),
        ({"createTime": None}, "the date is missing"),
        ({"createTime": 1710408413}, "the date is missing"),
        ({"createTime": "last spring"}, "the date cannot be read"),
        ({"createTime": "2024-02-30T00:00:00Z"}, "the date cannot be read"),
        ({"createTime": "9999-12-31T23:59:59-14:00"}, "the date cannot be read"),
        ({"createTime": TOMORROW}, "the date is in the future"),
        ({"createTime": "0001-01-01T00:00:00Z"}, "the date is before 1995"),
        ({"updateTime": "\ud800"}, "the date cannot be read"),
        ({"reviewId": "x" * 10_000}, "the ID is too long"),
        ({"reviewId": {"a": 1}}, "the ID is not text"),
        ({"reviewId": 7}, "the ID is not text"),
        ({"reviewId": "a\x00b"}, "the ID has characters that cannot be stored"),
        ({"reviewId": "a\ud800"}, "the ID has characters that cannot be stored"),
    ],
)
def test_invalid_reviews_are_skipped_and_the_others_imported(run, fields, reason):
    ran = run([review(1), review(2, **fields), review(3)])

    assert (ran.counts, ran.reasons, ran.code) == ({"Imported": 2, "Skipped": 1}, [reason], 0)
    assert f"reviews.json, 2: {reason}" in ran.output
    assert [row["line or row"] for row in ran.rows if row["outcome"] == "skipped"] == ["2"]


@pytest.mark.parametrize(
    "row", ["3", "null", '"x"', "[1, [2]]", "{}", '{"comment": tru}', "{'a': 1}", "[" * 9000 + "]" * 9000]
)
def test_entries_that_are_no_reviews_are_skipped_and_the_others_imported(run, row):
    ran = run(f"[{json.dumps(review(1))}, {row}, {json.dumps(review(2))}]")

    assert (ran.counts, ran.code) == ({"Imported": 2, "Skipped": 1}, 0)


@pytest.mark.parametrize(
    "row", ["3", '{"comment": "cut off', '{"a": [', "{" * 9000, "\x00", "not JSON", '{"c": "' + "w" * 5 * 2**20]
)
def test_a_bad_line_is_skipped_and_the_others_imported(run, row):
    ran = run("\n".join([json.dumps(review(1)), row, json.dumps(review(2))]))

    assert (ran.counts, ran.code) == ({"Imported": 2, "Skipped": 1}, 0)
    assert [one["line or row"] for one in ran.rows if one["outcome"] == "imported"] == ["1", "3"]


def test_hostile_values_are_imported_as_far_as_they_can_be_stored(run):
    given = json.dumps([review(1, comment="a\x00b \ud800 c", averageRating="N")]).replace('"N"', "9" * 5000)
    given = given.replace('"starRating"', '"starRating": "ONE", "starRating"')

    ran = run(given)

    assert ran.counts == {"Imported": 1}
    assert (words(), Testimonial.objects.get().stars) == (["ab  c"], 4)


def test_five_thousand_characters_of_emoji_are_a_review(run):
    family = "👨‍👩‍👧‍👦"
    comment = (family * 1000)[:5000].rstrip("\u200d")

    ran = run([review(comment=comment)])

    assert ran.counts == {"Imported": 1}
    assert words() == [comment]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["y-3", "Mo", "", "2024-03-14", ""], "the review is empty"),
        (["y-3", "Mo", "lots", "2024-03-14", "They were kind"], "the rating is not a whole or half number from 1 to 5"),
        (["y-3", "Mo", "", "14/14/2024", "They were kind"], "the date cannot be read"),
        (["y-3", "Mo", "", "", "They were kind"], "the date is missing"),
        (["y-3", "Mo"], "the review is empty"),
        (["y-3", "Mo", "5", "2024-03-14", "They were kind", " and unquoted"], "it has more cells than the heading"),
        (["y-3", "Mo", "5", "2024-03-14", "w" * 2 * 2**20], "the review is longer than 5,000 characters"),
    ],
)
def test_invalid_rows_of_a_table_are_skipped(run, row, reason):
    ran = run(written([*TABLE, row, ["y-4", "", "", "2024-03-14", "Kind"], []]), "csv")

    assert (ran.counts, ran.reasons) == ({"Imported": 3, "Skipped": 1}, [reason])


def test_rows_that_do_not_fit_the_encoding_are_skipped(run):
    ran = run(written(TABLE) + b"y-3,Mo,5,2024-03-14,caf\xe9\n", "csv")

    assert ran.counts == {"Imported": 2, "Skipped": 1}
    assert ran.reasons == ["it has characters that do not fit the file’s encoding"]


def test_the_report_has_no_content_and_no_formulas(run):
    ran = run(
        [review(reviewId="=cmd|' /C calc'!A0"), review(2, reviewId=" @x", comment=""), review(3, comment="quetzal")]
    )

    assert ran.counts == {"Imported": 2, "Skipped": 1}
    assert [row["id"] for row in ran.rows] == ["'@x", "'=cmd|' /C calc'!A0", "g-3"]
    assert Testimonial.objects.filter(source_id="=cmd|' /C calc'!A0").exists()
    for quoted in ("quetzal", "Mo Rivers"):
        assert quoted not in str(ran)


# --- damaged files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "count", "where"),
    [
        (json.dumps({"reviews": [review(1), review(2)]})[:-120], 1, "byte"),
        (json.dumps([review(1), review(2)])[:-1], 1, "byte"),
        (json.dumps([review(1)]) + "}", 1, "byte"),
        (json.dumps([review(1)])[:-1] + "}", 0, "byte"),
        (json.dumps(review(1)) + "\n" + json.dumps(review(2))[:-20], 1, "byte"),
        (b"", 0, "byte 0"),
        (b"\x00" * 5000, 0, "byte"),
        ("[" * 500_000, 0, "byte"),
        ('{"a":' * 200_000, 0, "byte"),
    ],
)
def test_reviews_before_the_damage_are_imported_and_the_damage_is_located(run, given, count, where):
    ran = run(given)

    assert ran.code == 1
    assert ran.counts.get("Imported", 0) == count == Testimonial.objects.count()
    assert where in ran.rows[-1]["reason"]
    assert ran.rows[-1]["outcome"] == "not read"
    assert f"nothing after review {count}" in ran.output


@pytest.mark.parametrize(
    "tail", ['y-3,Mo,5,2024-03-14,"never closed\n' + "w,\n" * 10, "w" * 5 * 2**20, '"' + "w" * 5 * 2**20]
)
def test_rows_before_the_damage_in_a_table_are_imported(run, tail):
    ran = run(written(TABLE) + tail.encode(), "csv")

    assert (ran.counts, ran.code) == ({"Imported": 2}, 1)
    assert "nothing after the row of line 4 was read" in ran.output


def test_a_broken_file_of_several_does_not_stop_the_others(run, tmp_path):
    (tmp_path / "takeout").mkdir()
    (tmp_path / "takeout/reviews-1.json").write_text(json.dumps([review(1)])[:-9])
    (tmp_path / "takeout/reviews-2.json").write_text(json.dumps([review(2)]))

    ran = run(tmp_path / "takeout")

    assert (ran.counts, ran.code) == ({"Imported": 1}, 1)
    assert "reviews-1.json: it is damaged at byte" in ran.output


def test_a_damaged_zip_and_a_zip_bomb_are_reported(run, tmp_path, monkeypatch):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("reviews.json", json.dumps([review(number) for number in range(50)]))
        archive.writestr("reviews-2.json", json.dumps([review(99)]) + " " * 30 * 2**20)
        archive.writestr("reviews-3.json", json.dumps([review(100)]))
    broken = bytearray(whole.getvalue())
    broken[200:220] = b"\xff" * 20
    (tmp_path / "broken.zip").write_bytes(broken)
    (tmp_path / "bomb.zip").write_bytes(whole.getvalue())
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("letters.txt", "nothing")
    monkeypatch.setattr(files, "MAX_UNPACKED", 2**20)

    assert run(tmp_path / "broken.zip").code == 1
    bomb = run(tmp_path / "bomb.zip")

    assert bomb.code == 1
    assert "the zip file unpacks to more than 1 MB" in bomb.output
    assert not Testimonial.objects.filter(source_id="g-100").exists()
    assert "0 files named reviews*.json" in run(tmp_path / "other.zip").output
    assert run(tmp_path / "none.json").output == "The file does not exist."


def test_the_report_never_overwrites_what_is_read(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_bytes(written(TABLE))

    with pytest.raises(CommandError, match="The report would overwrite the file to import."):
        call_command("import_reviews", path, format="csv", report=path)

    assert path.read_bytes() == written(TABLE)


# --- repeated runs ---------------------------------------------------------------------------------------------------


def test_a_second_run_imports_nothing_twice(run):
    given = [review(1), review(2), review(3, name="", reviewId="")]
    first, second = run(given), run(given)

    assert (first.counts, second.counts) == ({"Imported": 3}, {"Already here": 3})
    assert (Testimonial.objects.count(), Version.objects.count(), ReviewEvent.objects.count()) == (3, 3, 3)


def test_two_rows_with_one_id_are_one_review(run):
    ran = run([review(1), review(1), review(1, comment="Something else"), review(1, starRating="ONE")])

    assert ran.counts == {"Imported": 1, "Duplicate": 1, "Skipped": 2}
    assert set(ran.reasons) == {"another row has the same ID and different content"}
    assert words() == ["They sat with me until it got light, night 1."]


def test_without_an_id_words_name_and_date_identify_a_review(run):
    rows = [["Text", "Author", "Date"], ["Kind", "Mo", "2024-03-14"], ["Kind", "Mo", "2024-03-14"]]
    rows += [["Kind", "Ana", "2024-03-14"], ["Kind", "Mo", "2024-03-15"], ["Kin", "dMo", "2024-03-14"]]

    ran = run(written(rows), "csv")

    assert ran.counts == {"Imported": 4, "Duplicate": 1}
    assert run(written(rows), "csv").counts == {"Already here": 4, "Duplicate": 1}


def test_ids_of_different_sites_do_not_collide(run):
    assert run(written(TABLE), "csv", name="Yelp").counts == {"Imported": 2}
    assert run(written(TABLE), "csv", name="Rehab guide").counts == {"Imported": 2}
    assert run(written(TABLE), "csv", name=" yelp").counts == {"Already here": 2}


def later(**fields):
    return review(updateTime="2024-06-01T00:00:00Z", **fields)


def test_a_change_is_a_new_version_until_a_decision_is_made(run):
    run([review()])
    changed = run([later(comment="They were rough with me.", starRating="ONE")])
    older = run([review()])
    again = run([later(comment="They were rough with me.", starRating="ONE")])

    assert [ran.counts for ran in (changed, older, again)] == [{"Updated": 1}, {"Already here": 1}, {"Already here": 1}]
    assert words() == ["They sat with me until it got light, night 1.", "They were rough with me."]
    assert Testimonial.objects.get().stars == 1
    assert [step.kind for step in ReviewEvent.objects.all()] == ["imported", "edited"]


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DECLINED, Status.PENDING])
def test_decided_reviews_are_skipped_when_they_change(run, status):
    run([review()])
    stored, moderator = Testimonial.objects.get(), make_user("moderator")
    moderation.record_consent(stored.pk, by=moderator, parts=["words"], how="Phoned")
    if status == Status.PUBLISHED:
        moderation.approve(stored.pk, by=moderator, version=1)
    else:
        moderation.propose(stored.pk, by=moderator, version=1, reason=Reason.FAKE)
    if status == Status.DECLINED:
        moderation.decline(stored.pk, by=make_user("moderator"), version=1)

    ran = run([later(comment="They were rough with me.")])

    assert ran.counts == {"Skipped": 1}
    assert "please check it" in ran.reasons[0]
    assert Version.objects.count() == 1
    assert Testimonial.objects.get().status == status


def test_withdrawn_reviews_do_not_return(run):
    run([review()])
    author.withdraw(Testimonial.objects.get().pk, how="phone", by=make_user("moderator"))

    ran = run([later(comment="They sat with me.")])

    assert ran.counts == {"Already here": 1}
    assert Version.objects.get().payload == {}


def test_a_dry_run_reports_the_same_and_writes_nothing(run):
    run([review(1)])
    given = [later(comment="Changed"), review(2), review(2), review(3, comment="")]

    dry = run(given, dry_run=True)

    assert (Testimonial.objects.count(), Version.objects.count(), ReviewEvent.objects.count()) == (1, 1, 1)
    assert dry.counts == {"Imported": 1, "Updated": 1, "Duplicate": 1, "Skipped": 1}
    assert (run(given).counts, "nothing was stored" in dry.output) == (dry.counts, True)


# --- hostile files of any kind ---------------------------------------------------------------------------------------

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(exclude_categories=[])),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["reviewId", "name", "reviewer", "starRating", "comment", "createTime", "updateTime"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(FIELDS, ANY_JSON, max_size=3), max_size=5), st.booleans())
def test_wrong_types_anywhere_end_in_a_row_that_is_skipped_or_stored(run, changes, is_ascii):
    before = Testimonial.objects.count()
    rows = [review(number, **fields) for number, fields in enumerate(changes)]
    ran = run(json.dumps(rows, ensure_ascii=is_ascii).encode(errors="surrogatepass"))

    assert ran.code == 0
    assert sum(ran.counts.values()) == len(rows)
    assert Testimonial.objects.count() - before == ran.counts.get("Imported", 0)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text('[]{}",:\\\n rev1', max_size=60).map(str.encode), st.integers(1, 70))
def test_no_bytes_break_the_reading(tmp_path_factory, content, size):
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    results = []
    for parts in (chunks, [content]):
        found = []
        try:
            found += json_stream.split_values(parts)
        except json_stream.BrokenJson as exc:
            found.append(exc.position)
        results.append(found)
    assert results[0] == results[1]
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    for read in (google.read_rows, lambda source: csv_source.read_rows(source, ColumnMap(columns={}))):
        with contextlib.suppress(InvalidColumnMap):
            list(read(files.ImportSource(path)))


# --- long files, and a stop in the middle ----------------------------------------------------------------------------


def long_file(path, count, is_table=False):
    with path.open("w", newline="") as file:
        if is_table:
            table_of = csv.writer(file)
            table_of.writerow(TABLE[0])
            table_of.writerows(
                [f"y-{n}", "Mo", "4", "2024-03-14", f"They sat with me, {n}.\n" * 10] for n in range(count)
            )
            return path
        file.write('{"reviews": [')
        for number in range(count):
            file.write(
                ("," if number else "") + json.dumps(review(number, comment=f"They sat with me, {number}.\n" * 10))
            )
        file.write('], "totalReviewCount": 1}')
    return path


READ = """
import resource, sys
from pathlib import Path
from django.conf import settings
settings.configure(USE_TZ=True)
from testimonials.importers import column_map, csv_source, files, google, records
source = files.ImportSource(Path(sys.argv[1]))
rows = google.read_rows(source) if sys.argv[2] == "google" else csv_source.read_rows(source, column_map.ColumnMap())
count = sum(isinstance(row, records.ReviewRow) for row in rows)
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.site
@pytest.mark.parametrize("format", ["google", "csv"])
def test_memory_does_not_grow_with_the_file(tmp_path, format, record_property):
    peaks = []
    for count in (1_000, 50_000):
        path = long_file(tmp_path / f"{count}.{format}", count, format == "csv")
        command = [sys.executable, "-c", READ, path, format]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert int(done.stdout.split()[0]) == count
        peaks.append(int(done.stdout.split()[1]))
    record_property("memory", f"{path.stat().st_size >> 20} MB read: {peaks[0]} kB, {peaks[1]} kB for 50,000 rows")

    assert peaks[1] - peaks[0] < 4 * 1024  # kB, of a file of more than 15 MB


@pytest.mark.site
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_nothing_is_lost_and_a_second_run_finishes(tmp_path):
    count, server = 2_500, connection.get_connection_params()
    url = f"postgres://{server['user']}:{server['password']}@/{server['dbname']}?host={quote(server['host'], safe='')}"
    environment = {**os.environ, "DATABASE_URL": url, "DETOX_VAR": str(tmp_path / "var"), "DEBUG": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    path = long_file(tmp_path / "reviews.json", count)
    command = [sys.executable, "manage.py", "import_reviews", path, "--format", "google", "--no-input"]

    first = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 180
    while not Testimonial.objects.exists():
        assert time.monotonic() < deadline
        assert first.poll() is None, first.stderr.read()
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    stored = Testimonial.objects.count()
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert 0 < stored < count
    assert stored % 500 == 0
    assert second.returncode == 0, second.stderr
    assert f"{count - stored:,}" in second.stdout
    assert Testimonial.objects.count() == Version.objects.count() == ReviewEvent.objects.count() == count
    assert not Testimonial.objects.exclude(versions__number=1).exists()


def test_a_forged_form_cannot_take_over_an_imported_review(run):
    run([review(1)])
    brought = Testimonial.objects.get()

    submission.submit(
        key=brought.key,
        words="Something else altogether.",
        email="x@example.org",
        relationship="stayed",
        stars=1,
        allow=["words"],
    )

    after = Testimonial.objects.get()
    assert (after.status, after.stars, after.allow_words) == (Status.PENDING, 4, False)
    assert [version.number for version in Version.objects.all()] == [1]
    assert not Author.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_and_a_moderator_do_not_block_each_other(run):
    """A deadlock risk: one holds a review and waits for the counters, the other holds the counters and waits for it."""
    run([review(1)])
    waiting, moderator = Testimonial.objects.get(), make_user("moderator")
    failed = []

    def permit():
        try:
            with transaction.atomic():
                locked(Testimonial.objects, waiting.pk)
                is_held.set()
                until_it_waits(waiting.pk)
                moderation.record_consent(waiting.pk, by=moderator, parts=["words"], how="e-mail of May 3")
        except OperationalError as exc:
            failed.append(exc)
        finally:
            connection.close()

    is_held = threading.Event()
    thread = threading.Thread(target=permit)
    thread.start()
    is_held.wait(60)
    answer = run(
        [review(2), review(1, comment="They sat with me, and now I say more.", updateTime="2024-05-01T00:00:00Z")]
    )
    thread.join()

    assert failed == []
    assert answer.code == 0
    assert Testimonial.objects.count() == 2


def until_it_waits(pk):
    """Wait until another connection waits for a lock."""
    for _ in range(1200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
