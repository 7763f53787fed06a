"""The jobs of an afternoon, each as it is done: from the first page of the admin, by links, fields and buttons."""

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, expect

from . import blocks, first_page, libraries, menus, texts
from .staff import Staff

KINDS = {"clinical": "Clinical page", "house": "House page"}
SEND = ("Send for review", "Sent for review.")


@dataclass
class House:
    """The people of the center, at their desks."""

    browser: Browser
    origin: str
    manager: Staff
    editor: Staff
    clinician: Staff

    @property
    def staff(self) -> list[Staff]:
        return [self.manager, self.editor, self.clinician]


def build(house: House) -> None:
    """Every job in its order; what further kinds of content need is added here."""
    invite(house)
    describe_center(house.manager)
    add_team(house.manager)
    add_facts(house.editor)
    libraries.add_pictures(house.editor)
    libraries.add_files(house.editor)
    libraries.add_videos(house.editor)
    for slug in texts.PAGES:
        data = texts.page(slug)
        add_page(house.editor, slug, data)
        sign_off(house.manager if data["kind"] == "house" else house.clinician, slug, data)
        find(house, slug, data)
    first_page.compose_first_page(house.editor, house.clinician)
    first_page.see_first_page(house.browser.new_page(), house.origin)
    menus.arrange_menus(house.editor)
    menus.see_menus(house.browser.new_page(), house.origin)


# --- people and the center --------------------------------------------------------------------------------------------


def invite(house: House) -> None:
    """Accounts for the editor and the clinician, and their first sign-in."""
    manager = house.manager
    for person, role, first, last in (
        (house.editor, "editor", "Maya", "Ortiz"),
        (house.clinician, "clinician", "Daniel", "Reyes"),
    ):
        with manager.job(f"account of the {role}"):
            manager.open_list("detoxsite/user/")
            manager.link("Add user")
            manager.fill(manager.page.locator("#id_email"), f"{role}@example.org")
            manager.fill(manager.page.locator("#id_first_name"), first)
            manager.fill(manager.page.locator("#id_last_name"), last)
            manager.check(manager.page.get_by_label(role, exact=True))
            manager.button("Save")
        said = manager.page.locator(".messagelist").inner_text()
        with person.job("first sign-in"):
            person.set_password(re.search(r"http\S+/accounts/welcome/\S+/", said)[0])


def describe_center(manager: Staff) -> None:
    with manager.job("name, number and words of the center"):
        manager.open_list("detoxsite/siteprofile/")
        for name, text in texts.center().items():
            manager.fill(manager.page.locator(f"#id_{name}"), str(text).strip())
        manager.button("Save")


def add_team(manager: Staff) -> None:
    accounts = {"maya-ortiz": "Maya Ortiz", "daniel-reyes": "Daniel Reyes", "ruth-calloway": "manager@example.org"}
    with manager.job("a team of six, with pages"):
        manager.open_list("articles/person/")
        manager.link("Add person")
        page = manager.page
        for person in texts.people():
            manager.fill(page.locator("#id_name"), person["name"])  # the address follows
            if account := accounts.get(person["key"]):
                manager.choose(page.locator("#id_user"), account)
            manager.check(page.locator("#id_has_page"))
            for name in ("credentials", "role", "own_words", "bio"):
                if name in person:
                    manager.fill(page.locator(f"#id_{name}"), person[name])
            for name in ("license_kind", "license_state", "license_number", "license_url", "facts"):
                if name in person:
                    manager.fill(page.locator(f"#id_{name}"), person[name].strip())
            manager.button("Save and add another")


def add_facts(editor: Staff) -> None:
    facts = texts.facts()
    with editor.job(f"{len(facts)} facts about the center"):
        editor.open_list("articles/centerfact/")
        editor.link("Add fact about the center")
        for fact in facts:
            editor.choose(editor.page.locator("#id_group"), blocks.GROUPS[fact["group"]])
            for name in ("name", "value", "evidence"):
                if fact[name]:
                    editor.fill(editor.page.locator(f"#id_{name}"), fact[name])
            editor.fill(editor.page.locator("#id_position"), str(fact["position"]))
            editor.button("Save and add another")


# --- pages ------------------------------------------------------------------------------------------------------------


def add_page(editor: Staff, slug: str, data: dict) -> None:
    with editor.job(f"/{slug}/: written, {len(data['blocks'])} blocks"):
        editor.open_list("articles/edition/")
        editor.link("Add page")
        page = editor.page
        editor.fill(page.locator("#id_title"), data["title"])
        editor.fill(page.locator("#id_summary"), data["summary"])
        editor.choose(page.locator("#id_kind"), KINDS[data["kind"]])
        editor.fill(page.locator("#id_slug"), slug)
        author = next(person for person in texts.people() if person["key"] == data["author"])
        editor.choose(page.locator("#id_author"), f"{author['name']}, {author['credentials']}")
        for block in data["blocks"]:
            blocks.BLOCKS[block["kind"]](editor, block)
        for number, source in enumerate(data.get("sources", ())):
            blocks.add_source(editor, number, source)
        editor.button("Save and continue editing")
        button, said = SEND
        editor.button(button)
        editor.told(said)


def sign_off(signer: Staff, slug: str, data: dict) -> None:
    with signer.job(f"/{slug}/: read and signed off"):
        signer.open_list("")
        signer.follow(signer.page.locator("a", has_text=re.compile(r"pages?\s+to\s+sign\s+off")).first)
        signer.link(data["title"])
        seen = signer.page.get_by_label("I have read the amber findings")
        if seen.count():
            signer.check(seen)
        signer.button("Sign off and publish")
        signer.told("Signed off under your name.")


def find(house: House, slug: str, data: dict) -> None:
    """A visitor finds the page by a search for its title; the search knows it within a second or two."""
    page = house.browser.new_page()
    page.goto(f"{house.origin}/search/")
    page.get_by_role("searchbox").first.fill(data["title"])
    page.get_by_role("searchbox").first.press("Enter")
    found = page.locator(f'main a[href="/{slug}/"]').first
    expect(found).to_be_visible()
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(data["title"])
    page.close()
