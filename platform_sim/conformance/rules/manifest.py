"""The manifest's own rules (partner-api §1), which the registry knows too: here they are part of the catalogue."""

from collections.abc import Iterator

from platform_sim.conformance.rule import MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.seen import Seen
from platform_sim.partners.findings import Rule as ManifestRule
from platform_sim.partners.manifest_check import ALL, check

FACT = "manifest"
"""The fact that holds what was given as the manifest, whatever it is."""
RULES = RuleBook("manifest", "partner-api §1.1")
WHY = {
    MUST: "The registry refuses a manifest with this mistake.",
    SHOULD: "The registry takes it, but something will not be as you expect.",
}


def _add(known: ManifestRule) -> None:
    level = MUST if known.level == "error" else SHOULD

    @RULES.rule(known.id, level, known.about, source=known.source, why=WHY[level], fix="Correct addon-manifest.json.")
    def _looks(seen: Seen) -> Iterator[Found]:
        for finding in check(seen.fact(FACT), (known,)):
            if finding.id == known.id:
                yield finding.sentence


for _each in ALL:
    _add(_each)
