"""The pages of the web application, as people speak of them: what is done there, and what is seen."""

import re
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.browser import Visitor

Noun = Literal["characteristic", "specification", "price", "offering"]
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
SOON = 20_000  # milliseconds in which a publication is over, and what follows by itself


def beginning(words: str) -> re.Pattern[str]:
    """What begins with these words: names of choices go on with a hint."""
    return re.compile(f"^{re.escape(words)}")


@dataclass(frozen=True)
class Login:
    """The form in which people sign in: on a page of its own, or in front of their work."""

    visitor: Visitor
    here: Page | Locator

    @classmethod
    def page(cls, visitor: Visitor, place: str = "") -> "Login":
        """The page, by its address."""
        visitor.open(f"/login?next={place}" if place else "/login")
        return cls(visitor, visitor.page)

    @classmethod
    def dialog(cls, visitor: Visitor) -> "Login":
        """What comes to the front when the session has ended."""
        return cls(visitor, visitor.page.get_by_role("dialog", name="Sign in again"))

    @property
    def title(self) -> Locator:
        """What it is headed with."""
        return self.here.get_by_role("heading")

    def sign_in(self, user: str, password: str | None = None) -> None:
        """Sign in as a demo user, by default with the right password."""
        self.here.get_by_label("User name").fill(user)
        self.here.get_by_label("Password").fill(password or self.visitor.world.passwords[user])
        self.here.get_by_role("button", name="Sign in").click()


@dataclass(frozen=True)
class Form:
    """A form of the builder, of something new or of what is saved."""

    visitor: Visitor
    noun: Noun

    @classmethod
    def new(cls, visitor: Visitor, noun: Noun) -> "Form":
        """The form for something new, by its address."""
        visitor.open(f"/builder/{noun}s/new")
        return cls(visitor, noun).shown()

    @classmethod
    def of(cls, visitor: Visitor, noun: Noun, id: str) -> "Form":
        """The form of something that is saved, by its address."""
        visitor.open(f"/builder/{noun}s/{id}")
        return cls(visitor, noun).shown()

    def shown(self) -> "Form":
        """The form, once it can be filled in."""
        expect(self.text("Name")).to_be_visible()
        return self

    @property
    def page(self) -> Page:
        """The page it is on."""
        return self.visitor.page

    @property
    def here(self) -> Locator:
        """The form itself."""
        return self.page.get_by_role("form", name=self.noun, exact=True)

    def text(self, label: str) -> Locator:
        """A field to type in; some of them have suggestions."""
        plain, suggesting = (
            self.here.get_by_role(role, name=label, exact=True) for role in ("textbox", "combobox")
        )
        return plain.or_(suggesting)

    def fill(self, **texts: str) -> None:
        """Type into fields: `decimal_places` is "Decimal places"."""
        for name, text in texts.items():
            self.text(name.replace("_", " ").capitalize()).fill(text)

    def choose(self, label: str) -> None:
        """One of a few that are all to be seen."""
        self.here.get_by_role("radio", name=beginning(label)).check()

    def pick(self, label: str, name: str) -> None:
        """Search for something by its name, and choose it."""
        box = self.here.get_by_role("combobox", name=label)
        box.fill(name)
        self.page.get_by_role("option", name=name).click()
        expect(self.here.get_by_role("button", name=f"Remove {name}").first).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")

    def add_value(self, code: str, label: str) -> None:
        """One more value of a choice."""
        self.here.get_by_role("button", name="Add value").click()
        entry = self.here.get_by_role("group", name="Allowed values").get_by_role("listitem").last
        entry.get_by_role("textbox", name="Code").fill(code)
        entry.get_by_role("textbox", name="Label").fill(label)

    @property
    def submit(self) -> Locator:
        """The button that saves."""
        return self.here.get_by_role("button", name=re.compile(r"^(Create|Save|Saving)"))

    @property
    def state(self) -> Locator:
        """What it says of itself beside the button."""
        return self.here.get_by_role("status").filter(has_text=re.compile("aved|Saving"))

    def save(self) -> str:
        """Save it, and wait for that; the id of what is saved."""
        self.submit.click()
        return self.saved()

    def saved(self) -> str:
        """The id of what is saved, once it is."""
        expect(self.page).to_have_url(re.compile(f"/builder/{self.noun}s/{ID}"))
        expect(self.state).to_have_text(re.compile(r"^Saved, version \d+$"))
        found = re.search(ID, self.page.url)
        assert found
        return found[0]

    def act(self, label: str) -> None:
        """Do something with it beside changing it, which is asked about first."""
        self.page.get_by_role("button", name=label, exact=True).click()
        question = self.page.get_by_role("dialog", name=f"{label}?")
        question.get_by_role("button", name=label, exact=True).click()
        expect(question).to_be_hidden()

    @property
    def readiness(self) -> Locator:
        """What is said of whether it can be published."""
        return self.page.locator("section", has=self.page.get_by_role("heading", name="Ready to publish?"))

    def publish(self) -> "Publication":
        """Publish it, and go where that can be watched."""
        expect(self.readiness).to_contain_text("Nothing is in the way.")
        self.here.get_by_role("button", name="Publish", exact=True).click()
        return Publication(self.visitor).shown()


@dataclass(frozen=True)
class Publication:
    """The page on which a publication is watched."""

    visitor: Visitor

    @classmethod
    def at(cls, visitor: Visitor, id: str) -> "Publication":
        """The page, by its address."""
        visitor.open(f"/publish/{id}")
        return cls(visitor).shown()

    def shown(self) -> "Publication":
        """The page, once it is there."""
        expect(self.page).to_have_url(re.compile(f"/publish/{ID}$"))
        return self

    @property
    def page(self) -> Page:
        """The page it is on."""
        return self.visitor.page

    @property
    def heading(self) -> Locator:
        """Of what it is a publication."""
        return self.page.get_by_role("heading", level=1)

    def steps(self, part: str = "Steps") -> Locator:
        """Its steps, in their order; those of "The way back" undo."""
        return self.page.get_by_role("region", name=part).get_by_role("listitem")

    def expect_end(self, words: str) -> None:
        """It is over, and this is what came out."""
        expect(self.page.get_by_role("heading", level=2, name=words)).to_be_visible(timeout=SOON)

    def see_in_store(self) -> "Entry":
        """Go to what shoppers see of it."""
        self.page.get_by_role("link", name="See it in the store").click()
        return Entry(self.visitor).shown()


@dataclass(frozen=True)
class Grid:
    """A list of the viewer."""

    visitor: Visitor
    noun: Noun

    @classmethod
    def at(cls, visitor: Visitor, noun: Noun, question: str = "") -> "Grid":
        """The list, by its address."""
        visitor.open(f"/viewer/{noun}s{question}")
        grid = cls(visitor, noun)
        expect(grid.total).to_be_visible()
        return grid

    @property
    def page(self) -> Page:
        """The page it is on."""
        return self.visitor.page

    @property
    def names(self) -> Locator:
        """The names of what is shown, row by row."""
        return self.page.get_by_role("region", name=f"Table of {self.noun}s").get_by_role("rowheader")

    @property
    def total(self) -> Locator:
        """How many there are."""
        return self.page.get_by_role("status").filter(has_text=re.compile(rf"^[\d,]+ {self.noun}"))

    def sort(self, column: str) -> None:
        """Sort by a column, or the other way round."""
        self.page.get_by_role("columnheader", name=column, exact=True).get_by_role("button").click()

    def filter(self, label: str, text: str) -> None:
        """Ask for what has a text in a field."""
        self.page.get_by_role("searchbox", name=f"{label} contains").fill(text)

    def look_at(self, name: str) -> None:
        """Go to one of them."""
        self.names.get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()


@dataclass(frozen=True)
class Store:
    """What shoppers see."""

    visitor: Visitor

    @classmethod
    def at(cls, visitor: Visitor, question: str = "") -> "Store":
        """The store, by its address."""
        visitor.open(f"/store{question}")
        return cls(visitor)

    @property
    def page(self) -> Page:
        """The page it is on."""
        return self.visitor.page

    @property
    def names(self) -> Locator:
        """The names of what was found."""
        return self.page.get_by_role("region", name="Results").get_by_role("heading", level=2)

    @property
    def chips(self) -> Locator:
        """What is asked, each to be taken away."""
        return self.page.get_by_role("list", name="In use").get_by_role("link", name=beginning("Remove"))

    def search(self, words: str) -> None:
        """Type words, and press Enter."""
        box = self.page.get_by_role("searchbox", name="Search the store")
        box.fill(words)
        box.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"“{words}” in the store")

    def look_at(self, name: str) -> "Entry":
        """Go to something that was found."""
        self.names.get_by_role("link", name=name, exact=True).click()
        return Entry(self.visitor).shown()


@dataclass(frozen=True)
class Entry:
    """What shoppers see of one offering."""

    visitor: Visitor

    @classmethod
    def at(cls, visitor: Visitor, key: str) -> "Entry":
        """What is sold under a key, by its address."""
        visitor.open(f"/store/{key}")
        return cls(visitor)

    def shown(self) -> "Entry":
        """The page, once it is there."""
        expect(self.page).to_have_url(re.compile("/store/[^/?]+$"))
        return self

    @property
    def page(self) -> Page:
        """The page it is on."""
        return self.visitor.page

    @property
    def heading(self) -> Locator:
        """What it is called."""
        return self.page.get_by_role("heading", level=1)

    def table(self, name: str) -> Locator:
        """The table of its specification, or of its prices."""
        return self.page.get_by_role("table", name=name)
