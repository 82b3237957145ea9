"""A browser for tests: gets pages of the dashboard, reads their forms and sends them, all with the headers of one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from ..world import World

HOST = "localhost:5100"
HEADERS = {"Host": HOST, "Accept": "text/html"}


@dataclass
class Form:
    """A form of a page: where it sends what."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and an address of its own."""


class Page(HTMLParser):
    """What a page consists of, as a parser sees it: text that was escaped is text."""

    VOID = frozenset({"meta", "link", "input", "br", "option"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.forms: list[Form] = []
        self._within: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """What a person reads, spaces as one."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every tag of a kind."""
        return [given for name, given in self.tags if name == tag]

    def links(self) -> list[str]:
        return [given["href"] for given in self.all("a")]

    def form(self, action: str) -> Form:
        """The form whose address ends so."""
        (found,) = [form for form in self.forms if form.action.endswith(action)]
        return found

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append(Form(given.get("method", "get"), given.get("action", "")))
        elif tag == "button" and self.forms:
            button = (given.get("name", ""), given.get("value", ""), given.get("formaction", ""))
            self.forms[-1].buttons.append(button)
        elif tag in ("input", "select", "textarea") and given.get("name") and self.forms:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@dataclass
class Browser:
    """As the platform's first customer, until it has opened a link that makes it somebody else."""

    world: World

    def get(self, path: str, status: int = 200, **headers: str) -> Page:
        """A page that must have this status."""
        answer = self.answer(path, **headers)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return Page(answer.text)

    def answer(self, path: str, **headers: str) -> TestResponse:
        """The answer as it is."""
        return self.world.client.get(path, headers=HEADERS | headers)

    def become(self, email: str) -> None:
        """Open an operator's link."""
        url: str = self.world.call("POST", f"/sim/users/{email}/links").json["url"]
        assert self.answer(url.removeprefix("http://localhost:5100")).status_code == 200

    def token(self, page: str = "/dashboard/apps") -> str:
        """What the forms of a page send back."""
        return next(form.fields["form"] for form in self.get(page).forms if "form" in form.fields)

    def post(self, path: str, *, token: str | None = None, **fields: Any) -> TestResponse:
        """Send a form as a page of ours does; `token` "" sends none."""
        data = {"form": self.token() if token is None else token} | fields
        headers = HEADERS | {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
        return self.world.client.post(path, data=data, headers=headers)

    def do(self, path: str, **fields: Any) -> Page:
        """Send a form and go where it leads: the page after it."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (path, answer.status_code, Page(answer.text).text)
        return self.get(answer.headers["Location"])
