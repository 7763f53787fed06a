"""Choosing pictures, adding them by dropping files, and the focal point, with mouse, keys and on a phone."""

import pytest
from playwright.sync_api import expect

from articles.models import Article, GalleryPicture, HeldPicture, Kind, Picture, blocks_of
from tests.articles.media import make_picture
from tests.browser.test_admin import open_draft, save
from tests.core.test_images import picture_file
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILES = """files => {
  const dropped = new DataTransfer();
  for (const [name, bytes] of files) dropped.items.add(new File([Uint8Array.from(bytes)], name));
  return dropped;
}"""


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drop(page, target, *names, content=None):
    files = [[name, list(content or picture_file("PNG").read())] for name in names]
    target.dispatch_event("drop", {"dataTransfer": page.evaluate_handle(FILES, files)})


def test_a_file_dropped_on_the_library_is_added_chosen_and_saved(visitor, house):
    make_picture(title="Hall")
    draft = make_draft(created_by=house["editor"])
    editor = visitor(width=390, touch=True)
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    page.locator(".blocks > .add:last-child button").click()
    page.get_by_role("option", name="Picture").click()
    button = page.get_by_role("button", name="Choose a picture")
    expect(page.get_by_role("searchbox", name="Search pictures")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="1 picture.")).to_be_visible()
    editor.check()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    drop(page, button, "hall.png")
    expect(page.get_by_label("Title", exact=True).last).to_have_value("Hall")
    page.get_by_role("button", name="Back").click()
    drop(page, page.locator("dialog.picture-library"), "long_pier.png")
    expect(page.get_by_label("Title", exact=True).last).to_have_value("Long pier")
    page.get_by_role("button", name="Add and choose").click()
    alert = page.get_by_text("Describe what the picture shows, for people who cannot see it.")
    expect(alert).to_be_visible()
    editor.check()
    page.get_by_label("Text alternative").fill("A pier at dusk.")
    page.get_by_label("Credit").fill("us")
    page.get_by_label("Credit").press("Control+s")  # saves nothing: what is typed here is not in the form yet
    held = []
    page.route("**/picture/upload/", lambda route: held.append(route))
    with page.expect_request("**/picture/upload/"):
        page.get_by_role("button", name="Add and choose").click()
    page.get_by_role("button", name="Back").click()
    with page.expect_response("**/picture/upload/"):
        held[0].continue_()
    page.unroute("**/picture/upload/")
    add = page.locator("dialog.picture-library form button").first
    expect(add).to_be_enabled()  # the answer has come, and is not taken
    drop(page, page.locator("dialog.picture-library"), "long_pier.png")
    page.get_by_label("Text alternative").fill("A pier at dusk.")
    add.click()
    expect(page.get_by_label("Caption")).to_be_focused()
    expect(page.get_by_role("button", name="Change the picture: Long pier")).to_be_visible()
    expect(page.locator(".picture-field img")).to_have_js_property("complete", value=True)
    editor.check()

    save(page)
    figure = blocks_of(draft)[-1]
    assert (figure.picture.title, figure.picture.alt) == ("Long pier", "A pier at dusk.")
    expect(page.get_by_role("button", name="Change the picture: Long pier")).to_be_visible()


def test_several_pictures_of_a_gallery_are_chosen_at_once_by_keys(visitor, house):
    hall, *_ = [make_picture(title=name) for name in ("Hall", "Pier", "Garden", "Pier at night")]
    gallery = [GalleryPicture(ordering=20, picture=hall)]
    page_of_it = Article.objects.create(kind=Kind.HOUSE, slug="visit")
    draft = make_draft(article=page_of_it, created_by=house["editor"], blocks=gallery)
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    page.get_by_role("button", name="Change the picture").press("Enter")
    search, options = page.get_by_role("searchbox", name="Search pictures"), page.locator("[role=option]")
    expect(search).to_be_focused()
    page.keyboard.type("pie")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox", name="Pictures")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Choose 2 pictures")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".blk[data-kind=gallery]:not([hidden])")).to_have_count(2)
    save(page)
    assert [block.picture.title for block in blocks_of(draft) if block.kind == "gallery"] == ["Pier at night", "Pier"]


def test_files_dropped_together_become_pictures_and_a_focal_point_moves_by_keys(visitor, house):
    editor = visitor()
    editor.sign_in(house["editor"])
    editor.open("/admin/articles/picture/add-several/")
    page = editor.page
    drop(page, page.locator("main"), "pier.png", "hall.png")
    drop(page, page.locator("main"), "notes.txt", content=b"hello")
    rows = page.locator(".held")
    expect(rows).to_have_count(2)
    expect(page.get_by_text("notes.txt: This file is not a")).to_be_visible()
    editor.check()
    page.get_by_label("Credit of all").fill("us")
    rows.nth(0).get_by_label("Text alternative").fill("A pier.")
    page.get_by_role("button", name="Add to the library").click()
    expect(rows).to_have_count(1)
    rows.get_by_label("Text alternative").fill("A hall.")
    page.get_by_role("button", name="Add to the library").click()
    expect(page.locator(".messagelist")).to_contain_text("1 picture added to the library.")
    assert not HeldPicture.objects.exists()
    editor.check()

    page.get_by_role("link", name="Pier", exact=True).click()
    point = page.get_by_role("slider", name="Focal point")
    page.locator("[data-stage]").click(position={"x": 1, "y": 1})
    expect(point).to_be_focused()
    expect(page.get_by_label("From the top")).not_to_have_value("50")
    page.get_by_label("From the left").fill("50")
    page.get_by_label("From the top").fill("50")
    point.focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(point).to_have_attribute("aria-valuetext", "61 percent from the left, 49 percent from the top")
    expect(page.get_by_label("From the left")).to_have_value("61")
    editor.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    assert Picture.objects.get(title="Pier").image_ppoi == "0.610x0.490"
