"""Rules about forms that manifests once had, and about fields that mean nothing (partner-api §1.1, §1.4, §1.5)."""

from collections.abc import Iterator

from platform_sim.partners.findings import Json, Place, RuleBook, short

KNOWN: dict[str, tuple[str, ...]] = {
    "": ("id", "name", "cli_plugin_name", "api", "$base", "plans", "requires", "version"),
    "api.": (
        *("config_vars", "config_vars_prefix", "data_api", "password", "plans", "production", "regions", "requires"),
        *("sso_salt", "sso", "test", "username", "version"),
    ),
    "api.production.": ("base_url", "sso_url"),
    "api.test.": ("base_url", "sso_url"),
}
"""Fields by the place they stand in; rules of their own speak of those that should not be there."""
SUPPORTS = "supports"

RULES = RuleBook()
rule = RULES.rule


@rule("M32", "warning", "`requires` stands inside `api`.", "partner-api §1.1, §14")
def _requires_inside(manifest: Json, api: Json) -> Iterator[Place]:
    if "requires" in manifest:
        yield "requires", "`requires` belongs inside `api`: only a page of 2014 has it at the top."


@rule("M33", "warning", "`version` stands inside `api`.", "partner-api §1.1, §14")
def _version_inside(manifest: Json, api: Json) -> Iterator[Place]:
    if "version" in manifest:
        yield "version", "`version` belongs inside `api`: at the top Heroku may not see it."


@rule("M36", "warning", "`api.production` is an object; a plain URL is kensa's oldest form.", "partner-api §1.4")
def _production_is_a_map(manifest: Json, api: Json) -> Iterator[Place]:
    if isinstance(api.get("production"), str):
        yield (
            "api.production",
            "`api.production` as a plain URL is kensa's oldest form: logins come by GET (by POST with `api.sso`). "
            "Write an object with `base_url` and `sso_url`.",
        )


@rule("M38", "warning", "`$base`, if there is one, is what the registry gave.")
def _stamp_is_a_number(manifest: Json, api: Json) -> Iterator[Place]:
    given = manifest.get("$base", 0)
    is_stamp = isinstance(given, int) and not isinstance(given, bool)
    if not is_stamp and not (isinstance(given, str) and given.isascii() and given.isdigit()):
        yield "$base", "`$base` is the registry's own mark, never written by hand: it is replaced. Take it out."


@rule("M39", "warning", "There are no `plans`: they are not part of a manifest.", "partner-api §1.1, §1.5")
def _no_plans(manifest: Json, api: Json) -> Iterator[Place]:
    for path, given in (("plans", manifest), ("api.plans", api)):
        if "plans" in given:
            yield path, f"`{path}` is not read since about 2011: set plans when you register, or in the Partner Portal."


@rule("M40", "warning", "There are no fields `supports...`: such things are flags in `api.requires`.")
def _no_supports(manifest: Json, api: Json) -> Iterator[Place]:
    for place, name in _unknown(manifest, api):
        if name.startswith(SUPPORTS):
            yield (
                place + name,
                f"{short(name)} is no field of a manifest: add `many_per_app` (several on one app) or `attachable` "
                "(on other apps too) to `api.requires`.",
            )


@rule("M41", "warning", "All fields are known ones.")
def _known_fields(manifest: Json, api: Json) -> Iterator[Place]:
    for place, name in _unknown(manifest, api):
        if not name.startswith(SUPPORTS):
            yield place + name[:64], f"{short(name)} means nothing here. Known are {', '.join(_hopeful(place))}."


@rule("M42", "error", "`api.data_api`, if there is one, is true or false.", "-")
def _data_api_is_a_switch(manifest: Json, api: Json) -> Iterator[Place]:
    if not isinstance(api.get("data_api", False), bool):
        yield "api.data_api", "`api.data_api` must be true or false: whether the partner answers `heroku pg:*` here."


def _hopeful(place: str) -> list[str]:
    """The fields that one may have meant."""
    return [
        name
        for name in KNOWN[place]
        if name not in ("$base", "plans", "sso", "username") and (place or name != "requires")
    ]


def _unknown(manifest: Json, api: Json) -> Iterator[tuple[str, str]]:
    held = {"": manifest, "api.": api, "api.production.": api.get("production"), "api.test.": api.get("test")}
    for place, given in held.items():
        if isinstance(given, dict):
            yield from ((place, str(name)) for name in given if name not in KNOWN[place])
