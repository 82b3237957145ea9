"""Rules about a manifest's names, secrets and flags (partner-api §1.1, §1.2)."""

import json
import re
from collections.abc import Iterator

from platform_sim.core.model.addons import is_legacy
from platform_sim.partners.findings import Json, Place, RuleBook, is_filled, short

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VAR_NAME = re.compile(r"[A-Z][0-9A-Z_]+")
PREFIX = re.compile(r"[A-Z][0-9A-Z_]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
FLAGS = ("attachable", "deploy_notify", "log_input", "many_per_app", "syslog_drain")
VERSIONS = ("1", "3")

RULES = RuleBook()
rule = RULES.rule


@rule("M02", "error", "`id` is a string that is not blank.")
def _id_is_text(manifest: Json, api: Json) -> Iterator[Place]:
    given = manifest.get("id")
    if not isinstance(given, str) or not given.strip():
        yield "id", "`id` must be a string that is not blank: it is the service's slug."


@rule("M03", "error", "`id` is a slug: lower-case letters, digits, single dashes between them.")
def _id_is_a_slug(manifest: Json, api: Json) -> Iterator[Place]:
    given = manifest.get("id")
    if isinstance(given, str) and given.strip() and SLUG.fullmatch(given) is None:
        yield "id", "`id` may hold lower-case letters, digits and single dashes between them, e.g. `acme-db`."


@rule("M04", "error", "`id` is not a number.")
def _id_is_no_number(manifest: Json, api: Json) -> Iterator[Place]:
    given = manifest.get("id")
    if isinstance(given, str) and given.isdigit():
        yield "id", "`id` must not be a number: add a letter."


@rule("M06", "error", "`api.password` is a string that is not blank.")
def _password(manifest: Json, api: Json) -> Iterator[Place]:
    if not is_filled(api.get("password")):
        yield "api.password", "`api.password` must be a string that is not blank: it protects the partner's routes."


@rule("M07", "error", "`api.sso_salt`, if there is one, is a string that is not blank.")
def _salt_is_text(manifest: Json, api: Json) -> Iterator[Place]:
    if api.get("sso_salt") is not None and not is_filled(api["sso_salt"]):
        yield "api.sso_salt", "`api.sso_salt` must be a string that is not blank; leave it out if there is no SSO."


@rule("M08", "error", "`api.config_vars` is a list of strings; it may be empty.")
def _vars_are_a_list(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("config_vars")
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        yield (
            "api.config_vars",
            (
                "`api.config_vars` must be a list of strings with every name that the partner will ever return; "
                "it may be empty."
            ),
        )


@rule("M09", "error", "Config vars are capitals, digits and `_`, and begin with a capital.", "partner-api §1.2")
def _var_names(manifest: Json, api: Json) -> Iterator[Place]:
    for index, name in _vars(api):
        if VAR_NAME.fullmatch(name) is None:
            yield (
                f"api.config_vars[{index}]",
                f"{short(name)} is no config var name: start with a capital letter, then capitals, digits, `_`.",
            )


@rule("M10", "error", "Config vars begin with the prefix and one `_`, and go on after it.", "partner-api §1.2")
def _var_prefix(manifest: Json, api: Json) -> Iterator[Place]:
    prefix = _prefix(manifest, api)
    for index, name in _vars(api):
        if prefix and VAR_NAME.fullmatch(name) and not (name.startswith(prefix) and len(name) > len(prefix)):
            yield f"api.config_vars[{index}]", f"{short(name)} must start with {prefix} and go on after it."


@rule("M11", "error", "`api.config_vars_prefix`, if there is one, is capitals, digits and `_`.")
def _prefix_is_a_name(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("config_vars_prefix")
    if given is not None and (not isinstance(given, str) or PREFIX.fullmatch(given) is None):
        yield "api.config_vars_prefix", "`api.config_vars_prefix` must be capitals, digits and `_`, e.g. `ACME_DB`."


@rule("M18", "error", "`requires` is a list of flags that there are.")
def _flags(manifest: Json, api: Json) -> Iterator[Place]:
    for path, given in (("api.requires", api.get("requires")), ("requires", manifest.get("requires"))):
        if given is None:
            continue
        if not isinstance(given, list):
            yield path, f"`{path}` must be a list of feature flags ({', '.join(FLAGS)})."
            continue
        for index, flag in enumerate(given):
            if flag not in FLAGS:
                yield f"{path}[{index}]", f"{short(flag)} is no feature flag; there are {', '.join(FLAGS)}."


@rule("M19", "error", "There is no `api.username`: the user name is `id`.")
def _user_name(manifest: Json, api: Json) -> Iterator[Place]:
    if "username" in api:
        yield "api.username", "`api.username` is not used any more: remove it, the user name is `id`."


@rule("M20", "error", '`version` is `"3"` (or `"1"`), a string.')
def _version(manifest: Json, api: Json) -> Iterator[Place]:
    for path, given in (("api.version", api.get("version")), ("version", manifest.get("version"))):
        if given is not None and given not in VERSIONS:
            yield path, f'`{path}` must be "3", the current partner API, or "1", the legacy one, as a string.'


@rule("M21", "warning", '`version` is `"3"`: without it the legacy protocol is spoken, version 1.')
def _current_version(manifest: Json, api: Json) -> Iterator[Place]:
    if is_legacy(manifest):
        yield (
            "api.version",
            'Without `"version": "3"` the legacy protocol is spoken, version 1, which Heroku ended in July 2023.',
        )


@rule("M23", "warning", "There is a `name` to show.")
def _display_name(manifest: Json, api: Json) -> Iterator[Place]:
    given = manifest.get("name")
    if given is None or (isinstance(given, str) and not given.strip()):
        yield "name", "`name` is missing: customers will see the slug instead."


@rule("M24", "warning", "`id` does not say `addon`.")
def _slug_says_addon(manifest: Json, api: Json) -> Iterator[Place]:
    given = manifest.get("id")
    if isinstance(given, str) and re.search(r"add-?on", given):
        yield "id", "`id` must not contain `addon` or `add-on` on Heroku."


@rule("M25", "warning", "No config var is listed twice.")
def _vars_once(manifest: Json, api: Json) -> Iterator[Place]:
    seen: set[str] = set()
    for index, name in _vars(api):
        if name in seen:
            yield f"api.config_vars[{index}]", f"{short(name)} is listed twice."
        seen.add(name)


@rule("M26", "error", "All values are those of JSON, strings are valid Unicode, and the nesting is not endless.", "-")
def _unicode(manifest: Json, api: Json) -> Iterator[Place]:
    try:
        json.dumps(manifest, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        yield "", "The manifest holds half of a character (a lone surrogate such as \\ud800): correct that string."
    except (TypeError, ValueError):
        yield "", "The manifest holds a value that JSON does not know (such as a date or NaN): write it as a string."
    except RecursionError:
        yield "", "The manifest is nested too deeply."


@rule("M27", "error", "`name` is a string without line ends and control characters.")
def _name_is_text(manifest: Json, api: Json) -> Iterator[Place]:
    if not _is_line(manifest.get("name")):
        yield "name", "`name` must be a string on one line: it is what customers see."


@rule("M28", "error", "`cli_plugin_name` is such a string, too, or null.")
def _plugin_is_text(manifest: Json, api: Json) -> Iterator[Place]:
    if not _is_line(manifest.get("cli_plugin_name")):
        yield "cli_plugin_name", "`cli_plugin_name` must be the package name of a CLI plugin, or null."


@rule("M29", "error", "A slug that begins with a digit comes with a `config_vars_prefix`.", "partner-api §1.2")
def _digit_needs_prefix(manifest: Json, api: Json) -> Iterator[Place]:
    slug = manifest.get("id")
    if isinstance(slug, str) and slug[:1].isdigit() and _vars(api) and api.get("config_vars_prefix") is None:
        yield (
            "api.config_vars_prefix",
            f"Config vars cannot begin with a digit as {short(slug)} does: say what they begin with, e.g. `ACME_3`.",
        )


@rule("M34", "warning", "`deploy_notify` is not asked for: webhooks have replaced it.", "partner-api §8.4")
def _no_deploy_notify(manifest: Json, api: Json) -> Iterator[Place]:
    for path, given in (("api.requires", api.get("requires")), ("requires", manifest.get("requires"))):
        if isinstance(given, list) and "deploy_notify" in given:
            yield (
                f"{path}[{given.index('deploy_notify')}]",
                "`deploy_notify` is deprecated and not simulated: subscribe to webhooks instead.",
            )


def _is_line(value: object) -> bool:
    return value is None or (isinstance(value, str) and CONTROL.search(value) is None)


def _vars(api: Json) -> list[tuple[int, str]]:
    given = api.get("config_vars")
    return [(i, name) for i, name in enumerate(given) if isinstance(name, str)] if isinstance(given, list) else []


def _prefix(manifest: Json, api: Json) -> str | None:
    """With its underscore; None while the names it comes from are no good themselves."""
    given, slug = api.get("config_vars_prefix"), manifest.get("id")
    if isinstance(given, str) and PREFIX.fullmatch(given):
        return given + "_"
    if given is None and isinstance(slug, str) and SLUG.fullmatch(slug) and not slug[0].isdigit():
        return slug.upper().replace("-", "_") + "_"
    return None
