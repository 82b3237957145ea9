"""What is wrong with a manifest, in numbered sentences (partner-api §1). Pure; takes anything that JSON can be."""

from platform_sim.partners.findings import Finding
from platform_sim.partners.rules_names import RULES as NAMES
from platform_sim.partners.rules_places import RULES as PLACES

RULES = (*NAMES, *PLACES)
_OUTSIDE_API = ("M02", "M03", "M04")
"""What can still be looked at when there is no `api` object."""


def check(manifest: object) -> list[Finding]:
    """All findings, errors first, else in the order of the rules. Never raises."""
    if not isinstance(manifest, dict):
        return [Finding("M01", "error", "", "A manifest is a JSON object; this is something else.")]
    api, rules, found = manifest.get("api"), RULES, []
    if not isinstance(api, dict):
        found = [Finding("M05", "error", "api", "`api` must be an object: it says how to reach the partner.")]
        api, rules = {}, tuple(rule for rule in RULES if rule.id in _OUTSIDE_API)
    found += [finding for rule in rules for finding in rule.findings(manifest, api)]
    return sorted(found, key=lambda finding: finding.level != "error")


def errors(manifest: object) -> list[Finding]:
    """The findings because of which a manifest is refused."""
    return [finding for finding in check(manifest) if finding.level == "error"]
