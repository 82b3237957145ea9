"""The report: what counts, what is missing with its sentence, in the terminal and as a page."""

from collections import Counter
from html.parser import HTMLParser

from platform_sim.conformance.catalogue import RULES
from platform_sim.coverage.html import as_html
from platform_sim.coverage.reach import REACH
from platform_sim.coverage.report import coverage_of
from platform_sim.coverage.terminal import lines
from platform_sim.coverage.touched import Touched

ALL = {"version-3", "version-1", "sso", "config", "drain", "log-input", "many", "sharing", "plans", "async", "sync"}
ALL |= {"webhooks", "back"}


def test_nothing_touched_is_nothing_of_what_fits() -> None:
    report = coverage_of(Touched())
    rules = report.groups[0]
    assert {each.id for each in rules.items} == {
        rule.id for rule in RULES if rule.id in REACH and not rule.needs and rule.moment != "manifest"
    }
    assert (report.touched, report.percent) == (0, 0)
    assert "which have no" in report.left_out[1]


def test_with_every_ability_all_rules_and_links_of_the_contract_count() -> None:
    report = coverage_of(Touched(abilities=set(ALL)))
    assert len(report.groups[0].items) + len(report.groups[1].items) == len(REACH)
    links = {each.id for each in report.groups[-1].items}
    assert {"POST /oauth/token (grant)", "POST /addons/{add-on}/webhooks", "PUT /vendor/apps/{id}"} <= links
    assert "PATCH /apps/{app}/formation" not in links, "Heroku gives that on request only"
    without = {each.id for each in coverage_of(Touched(abilities={"version-3"})).groups[-1].items}
    assert not {"POST /addons/{add-on}/webhooks", "POST /logs", "POST /addons/{add-on}/actions/provision"} & without
    assert len(report.left_out) == 1


def test_all_touched_is_100_and_one_missing_is_less() -> None:
    empty = coverage_of(Touched(abilities=set(ALL)), whole_api=True)
    ids = {group.name: Counter(item.id for item in group.items) for group in empty.groups}
    found = Touched(
        ids["rules"] + ids["manifest"],
        ids["states"],
        ids["transitions"],
        ids["api"],
        ids["back"],
        ids["asked"],
        abilities=set(ALL),
    )
    assert coverage_of(found, whole_api=True).percent == 100
    del found.rules["M01"]
    assert coverage_of(found, whole_api=True).percent == 100, "a manifest is judged as soon as it is registered"
    del found.rules["D01"]
    assert 99 < coverage_of(found, whole_api=True).percent < 100


def report_with_everything() -> Touched:
    broken = {"P06": "by acme, first in test_a: The answer's `message` is <b>no</b> string."}
    return Touched(Counter(P01=1, P06=2), Counter(provisioned=1), broken=broken, abilities={"version-3", "sso"})


def test_the_terminal_says_what_is_missing_with_its_sentence() -> None:
    shown = list(lines(coverage_of(report_with_everything()).as_json()))
    assert shown[0].startswith("Rules of the partner contract: 2 of ")
    assert "  P06 not kept by acme, first in test_a: The answer's `message` is <b>no</b> string." in shown
    assert any(line.startswith("Rules of the manifest, no part of the percentage: 0 of ") for line in shown)
    assert "  missing  M01  A manifest is a JSON object." in shown
    assert "  missing  ordered  nothing to provisioning: A customer orders it." in shown
    assert any(line.startswith("  missing  ") and line.endswith(" more") for line in shown)
    assert shown[-1].startswith("Contract coverage: 3 of ")
    whole = list(lines(coverage_of(report_with_everything()).as_json(), all_missing=True))
    assert not any(line.endswith(" more") for line in whole)
    assert len(whole) > len(shown)


class _Page(HTMLParser):
    """What stands in a page, and what it asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asks: list[str] = []
        self.ids: list[str] = []
        self.points: list[str] = []
        self.rows = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.asks += [str(given[name]) for name in ("src", "href") if name in given and str(given[name])[:1] != "#"]
        self.points += [str(given["href"])[1:]] if str(given.get("href"))[:1] == "#" else []
        self.points += [str(given["aria-labelledby"])] if "aria-labelledby" in given else []
        self.ids += [str(given["id"])] if "id" in given else []
        self.rows += tag == "tr"


def test_names_in_the_page_are_code_and_its_heads_do_not_break() -> None:
    text = as_html(coverage_of(report_with_everything()).as_json())
    assert "<code>message</code> is &lt;b&gt;no&lt;/b&gt; string." in text
    assert "`" not in text
    assert "thead th { white-space: nowrap; }" in text
    odd = report_with_everything()
    odd.broken["P06"] = "one ` alone"
    assert "not kept one ` alone" in as_html(coverage_of(odd).as_json())
    assert text.startswith("<!doctype html>")


def test_the_page_needs_nothing_else_and_has_every_row() -> None:
    report = coverage_of(report_with_everything())
    text = as_html(report.as_json())
    page = _Page(text)
    assert (page.asks, "<script" in text, "<b>no" in text) == ([], False, False)
    assert sorted(page.ids) == sorted(each.name for each in report.groups)
    assert set(page.points) == set(page.ids)
    assert page.rows == sum(len(each.items) for each in report.groups) + 2 * len(report.groups) + 1
    assert "prefers-color-scheme: dark" in text
    assert 'lang="en"' in text
    assert "not kept by acme, first in test_a: The answer" in text
