"""The jobs of an afternoon, each as it is done: from the first page of the admin, by links, fields and buttons."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, expect

from . import first_page, menus, texts
from .staff import Staff

KINDS = {"clinical": "Clinical page", "house": "House page"}
HAND_IN = ("Hand in for sign-off", "Handed in.")
SEND = ("Send to the clinicians", "Sent to the clinicians")
GROUPS = {"license": "License and accreditation", "insurer": "Insurance plans", "house": "The house"}
PICTURES = ("harbor-morning",)


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
    add_pictures(house.editor)
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
            manager.follow(manager.page.get_by_role("link", name="Add user"))
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
        manager.follow(manager.page.get_by_role("link", name="Add person"))
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
        editor.follow(editor.page.get_by_role("link", name="Add fact about the center"))
        for fact in facts:
            editor.choose(editor.page.locator("#id_group"), GROUPS[fact["group"]])
            for name in ("name", "value", "evidence"):
                if fact[name]:
                    editor.fill(editor.page.locator(f"#id_{name}"), fact[name])
            editor.fill(editor.page.locator("#id_position"), str(fact["position"]))
            editor.button("Save and add another")


def add_pictures(editor: Staff) -> None:
    with editor.job("a picture"):
        editor.open_list("articles/picture/")
        editor.follow(editor.page.get_by_role("link", name="Add picture"))
        for key in PICTURES:
            picture = texts.pictures()[key]
            editor.attach(editor.page.locator("#id_image"), picture["file"])
            for name in ("title", "alt", "credit"):
                editor.fill(editor.page.locator(f"#id_{name}"), picture[name])
            editor.button("Save")


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
            _BLOCKS[block["kind"]](editor, block)
        for number, source in enumerate(data.get("sources", ())):
            add_source(editor, number, source)
        editor.button("Save and continue editing")
        button, said = HAND_IN if data["kind"] == "house" else SEND
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


def _text(editor, block):
    editor.paste(_box(editor.add_block("Text", "text")), block["body"])


def _figure(editor, block):
    row = editor.add_block("Picture", "figure")
    editor.click(row.locator(".select2-selection"))
    editor.write(texts.pictures()[block["picture"]]["title"])
    editor.click(editor.page.locator(".select2-results__option--highlighted"))
    if caption := block.get("caption"):
        editor.fill(row.locator("[name$=-caption]"), caption)
    editor.check(row.locator("[name$=-is_opening]"), wanted=block.get("is_opening", False))


def _callout(editor, block):
    row = editor.add_block(f"{block['tone'].title()} box", "callout")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _facts(editor, block):
    row = editor.add_block("Key facts", "keyfacts")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    for number, cells in enumerate(block["rows"]):
        for column, words in enumerate(cells):
            editor.fill(row.locator(".grid-input tr").nth(number).locator("input").nth(column), words)


def _pull(editor, block):
    row = editor.add_block("Pull quote", "pullquote")
    editor.fill(row.locator("[name$=-quote]"), block["quote"])
    editor.fill(row.locator("[name$=-attribution]"), block["attribution"])


def _step(editor, block):
    row = editor.add_block("Step", "step")
    editor.fill(row.locator("[name$=-label]"), block["label"])
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _question(editor, block):
    row = editor.add_block("Question and answer", "question")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _action(editor, block):
    row = editor.add_block("Call to action", "calltoaction")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])
    for name, default in (("call", True), ("ask", True), ("visit", False)):
        editor.check(row.locator(f"[name$=-{name}]"), wanted=block.get(name, default))


def _person(editor, block):
    person = next(person for person in texts.people() if person["key"] == block["person"])
    row = editor.add_block("Person", "personcard")
    editor.choose(row.locator("[name$=-person]"), f"{person['name']}, {person['credentials']}")


def _center_facts(editor, block):
    row = editor.add_block("Facts about the center", "centerfacts")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.choose(row.locator("[name$=-group]"), GROUPS[block["group"]])


def add_source(editor: Staff, number: int, source: dict) -> None:
    editor.click(editor.page.get_by_role("button", name="Add another Source"))
    row = editor.page.locator(f"#sources-{number}")
    values = {"position": number + 1, **source}
    for name in ("position", "year", "authors", "title", "container", "detail", "doi", "pmid", "url"):
        if value := values.get(name):
            editor.fill(row.locator(f"[name$=-{name}]"), str(value))


def _box(row: Locator) -> Locator:
    return row.locator(".ProseMirror[contenteditable=true]")


_BLOCKS: dict[str, Callable] = {
    "text": _text,
    "figure": _figure,
    "callout": _callout,
    "facts": _facts,
    "pull": _pull,
    "step": _step,
    "question": _question,
    "action": _action,
    "person": _person,
    "centerfacts": _center_facts,
}
