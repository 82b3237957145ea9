"""The form of every page: fences that say what they are, links that lead somewhere, data that parses."""

import json
import re
import tomllib

import pytest

from platform_sim.cli.main import COMMANDS

from .pages import NOT_RUN, OUTPUT, ROOT, Block, blocks, name, pages, parse

LANGUAGES = ("sh", "python", "json", "text", "yaml")
ELSEWHERE = ("js", "ruby", "go", "hcl")
"""Of clients that no test of this folder has: such a block says why it is not run."""
PLACE = re.compile(r"`((?:platform_sim|addon_service|sample_app|docs|tests)/[\w./-]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
MAPS = (
    *("platform_sim/README.md", "addon_service/README.md", "sample_app/README.md", "CHANGELOG.md"),
    *("examples/README.md", "examples/fastapi-addon/README.md"),
)
ALL = [block for page in pages() for block in blocks(page)]


def anchors(text: str) -> set[str]:
    """What links with # can lead to: headings as the usual renderers name them."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    titles = re.findall(r"^#+ (.+)$", plain, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [*map(name, pages()), *MAPS])
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    for target in (found for pair in LINK.findall(text) for found in pair if found):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        place = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert place.exists(), f"{page}: {target} is not there"
        assert not anchor or anchor in anchors(place.read_text()), f"{page}: {target} has no such heading"


@pytest.mark.parametrize("page", [*map(name, pages()), *MAPS])
def test_every_file_that_is_named_is_there(page: str) -> None:
    named = PLACE.findall((ROOT / page).read_text())
    assert [place for place in named if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("block", ALL, ids=str)
def test_a_block_says_what_it_is(block: Block) -> None:
    assert block.language in LANGUAGES + ELSEWHERE
    if block.language in ELSEWHERE:
        assert NOT_RUN.fullmatch(block.comment), "no test can run this: <!-- not run: reason -->"
    if block.comment.startswith("<!-- not run"):
        assert NOT_RUN.fullmatch(block.comment), "say why it is not run: <!-- not run: reason -->"
    if block.comment == OUTPUT:
        assert block.language == "text"


@pytest.mark.parametrize("block", [b for b in ALL if b.language == "json"], ids=str)
def test_json_parses(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", [b for b in ALL if b.file], ids=str)
def test_a_file_is_shown_as_it_is(block: Block) -> None:
    assert block.file is not None
    assert block.text == (ROOT / block.file).read_text()


def test_the_changelog_has_this_version_and_every_command() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", text, flags=re.MULTILINE)
    assert [command for command in COMMANDS if f"`{command}`" not in text] == []


def test_the_front_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 160


def test_blocks_are_found_with_their_place_and_comment() -> None:
    text = "a\n<!-- output -->\n```text\nb\n\n```\n\n```sh\nc\n```\n"
    assert parse("p", text) == [Block("p", 4, "text", "b\n\n", OUTPUT), Block("p", 9, "sh", "c\n", "")]
    assert [block.runs for block in parse("p", text)] == [False, True]
    assert not parse("p", "<!-- not run: it never ends by itself -->\n```sh\nx\n```\n")[0].runs
    with pytest.raises(ValueError, match="p:2"):
        parse("p", "a\n```sh\nb\n")


def test_headings_are_named_as_links_do() -> None:
    assert anchors("# A b\n```sh\n# no\n```\n## `addons register`: x\n") == {"a-b", "addons-register-x"}
