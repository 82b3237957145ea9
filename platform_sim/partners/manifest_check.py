"""What is wrong with a manifest, in numbered sentences (partner-api §1). Pure; takes anything that JSON can be.

`python -m platform_sim.partners.manifest_check` prints docs/manifest.md: all rules in a table.
"""

import sys
from collections.abc import Iterable, Iterator

from platform_sim.partners.findings import Finding, Json, Place, Rule
from platform_sim.partners.rules_forms import RULES as FORMS
from platform_sim.partners.rules_names import RULES as NAMES
from platform_sim.partners.rules_places import RULES as PLACES


def _never(manifest: Json, api: Json) -> Iterator[Place]:
    """Without an object there is nothing to look at: `check` sees to these two."""
    return iter(())


NO_OBJECT = Rule("M01", "error", "A manifest is a JSON object.", "partner-api §1.1", _never)
NO_API = Rule("M05", "error", "`api` is an object: it says how to reach the partner.", "partner-api §1.1", _never)
RULES = (*NAMES, *PLACES, *FORMS)
ALL = sorted((NO_OBJECT, NO_API, *RULES), key=lambda rule: rule.id)
_OUTSIDE_API = ("M02", "M03", "M04", "M27", "M28")
"""What can still be looked at when there is no `api` object."""


def check(manifest: object, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """All findings of these rules, errors first, else in the order of the rules; without an object or its `api` that
    is always told. Never raises."""
    if not isinstance(manifest, dict):
        return [Finding(NO_OBJECT.id, "error", "", "A manifest is a JSON object; this is something else.")]
    api, found = manifest.get("api"), []
    if not isinstance(api, dict):
        found = [Finding(NO_API.id, "error", "api", "`api` must be an object: it says how to reach the partner.")]
        api, rules = {}, tuple(rule for rule in rules if rule.id in _OUTSIDE_API)
    found += [finding for rule in rules for finding in rule.findings(manifest, api)]
    return sorted(found, key=lambda finding: finding.level != "error")


def errors(manifest: object) -> list[Finding]:
    """The findings because of which a manifest is refused."""
    return [finding for finding in check(manifest) if finding.level == "error"]


def sentences(level: str, manifest: object) -> list[str]:
    """The findings of one level as people read them."""
    return [str(finding) for finding in check(manifest) if finding.level == level]


def as_markdown() -> str:
    """The page docs/manifest.md."""
    lines = [
        "# Rules for manifests",
        "",
        "Whoever registers a manifest is told each mistake in a sentence that ends with its number. With an *error*",
        "the manifest is refused; a *warning* is shown, and the manifest is taken. Sources are cited as in",
        "[settings.md](settings.md); `-` is a rule of our own.",
        "",
        "| | | what should be | source |",
        "|---|---|---|---|",
        *(f"| {rule.id} | {rule.level} | {rule.about} | {rule.source} |" for rule in ALL),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
