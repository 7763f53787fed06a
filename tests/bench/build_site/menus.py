"""The job after the pages: the top line and the footer name what visitors ask for most."""

from playwright.sync_api import expect

from .staff import Staff

TOP = {"visit": "Visit us", "team": "Our team"}  # of seven that fit, five are there
FOOT = {"careers": "Work with us"}


def arrange_menus(editor: Staff) -> None:
    with editor.job("top line and footer"):
        editor.open_list("articles/menuedition/")
        editor.button("Edit the menus")
        page = editor.page
        for tab, entries in (("Top line", TOP), ("Footer", FOOT)):
            editor.follow(page.get_by_role("navigation", name="Menus").get_by_role("link", name=tab))
            for slug, words in entries.items():
                editor.link("Add a page")
                editor.fill(page.locator("#id_label"), words)
                editor.choose(page.locator("#id_target"), f"(/{slug}/)")
                if tab == "Footer":
                    editor.choose(page.locator("#id_group"), "Good to know")
                editor.button("Add")
            editor.button(f"Move up: {words}")  # the newest is the last
        editor.button("Put on the site")
        expect(page.get_by_text("On the site now.")).to_be_visible()


def see_menus(page, origin: str) -> None:
    """A visitor sees them on a page; finished pages begin anew within a second."""
    page.goto(f"{origin}/visit/")
    page.reload()
    expect(page.locator("header").get_by_role("link", name="Our team").first).to_be_visible()
    expect(page.locator("footer").get_by_role("link", name="Work with us")).to_be_visible()
