"""Rules about where a partner is: regions and URLs (partner-api §1.1, §1.4)."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from platform_sim.core.model.places import REGIONS
from platform_sim.partners.findings import Json, Place, RuleBook, is_filled, short

REGION_NAMES = (*(r.name for r in REGIONS), "*")

RULES = RuleBook()
rule = RULES.rule


@rule("M12", "error", "`api.regions` is a list with at least one region.")
def _regions_are_a_list(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("regions")
    if not isinstance(given, list) or not given or not all(is_filled(name) for name in given):
        yield "api.regions", '`api.regions` must be a list with at least one region, e.g. ["us", "eu"].'


@rule("M13", "warning", "Regions are names that Heroku has, or `*`.")
def _regions_are_known(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("regions")
    for index, name in enumerate(given if isinstance(given, list) else []):
        if isinstance(name, str) and name not in REGION_NAMES:
            yield f"api.regions[{index}]", f"{short(name)} is no known region ({', '.join(REGION_NAMES)})."


@rule("M14", "error", "`api.production` is an object with `base_url`, or a root URL.")
def _production(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("production")
    if not isinstance(given, (str, dict)) or (isinstance(given, dict) and "base_url" not in given):
        yield "api.production", "`api.production` must be an object with `base_url` (and `sso_url`)."


@rule("M15", "error", "URLs have http or https and a host, no `#`, and `?` only in `sso_url`.")
def _urls_parse(manifest: Json, api: Json) -> Iterator[Place]:
    for path, value in _urls(api):
        parts = _parsed(value)
        if parts is None:
            yield path, f"`{path}` must be a URL with http or https and a host."
        elif parts.fragment or (parts.query and not path.endswith("sso_url")):
            yield path, f"`{path}` must end with its path: no `?` and no `#`."


@rule("M16", "error", "URLs of `api.production` are https, unless they are of this machine or there is `api.test`.")
def _https(manifest: Json, api: Json) -> Iterator[Place]:
    for path, value in _urls(api):
        parts = _parsed(value)
        if parts is None or parts.scheme == "https" or not path.startswith("api.production"):
            continue
        if not api.get("test") and not _is_local(parts.hostname or ""):
            yield path, f"`{path}` must be https; plain http is for localhost, or give local URLs in `api.test`."


@rule("M17", "error", "`api.test`, if there is one, is an object with `base_url`, or a root URL.")
def _test(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("test")
    if given is None or isinstance(given, str) or (isinstance(given, dict) and "base_url" in given):
        return
    yield "api.test", "`api.test` must be a root URL, or an object with `base_url` (and `sso_url`)."


@rule("M22", "warning", "With an `sso_url` there is an `api.sso_salt`.")
def _login_needs_a_salt(manifest: Json, api: Json) -> Iterator[Place]:
    has_url = any(path.endswith("sso_url") for path, _ in _urls(api))
    if has_url and api.get("sso_salt") is None:
        yield "api.sso_salt", "There is an `sso_url` but no `api.sso_salt`: dashboard logins cannot be signed."


@rule("M30", "warning", "With an `api.sso_salt` there is an `sso_url`.")
def _salt_needs_a_login(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("production")
    if is_filled(api.get("sso_salt")) and isinstance(given, dict) and "base_url" in given and "sso_url" not in given:
        yield (
            "api.production.sso_url",
            "There is an `api.sso_salt` but no `sso_url`: nobody can log in to the dashboard.",
        )


@rule("M31", "warning", "`us` or `*` is among the regions; about others the sources disagree.", "partner-api §14")
def _regions_hold_us(manifest: Json, api: Json) -> Iterator[Place]:
    given = api.get("regions")
    if isinstance(given, list) and given and all(map(is_filled, given)) and not {"us", "*"} & set(given):
        yield "api.regions", "`us` is not among the regions: kensa wants it (or `*`), the docs of 2014 want it or `eu`."


@rule("M35", "warning", "`base_url` has a path; `/heroku/resources` is appended to one without.")
def _base_has_a_path(manifest: Json, api: Json) -> Iterator[Place]:
    for path, value in _urls(api):
        parts = _parsed(value)
        if path.endswith(".base_url") and parts is not None and parts.path in ("", "/"):
            yield path, f"`{path}` has no path: requests go to `/heroku/resources` there."


@rule("M37", "warning", "`api.test` has an `sso_url` if `api.production` has one.", "partner-api §1.4")
def _test_has_a_login(manifest: Json, api: Json) -> Iterator[Place]:
    given, real = api.get("test"), api.get("production")
    if not isinstance(given, dict) or not isinstance(real, dict):
        return
    if "base_url" in given and "sso_url" in real and "sso_url" not in given:
        yield (
            "api.test.sso_url",
            "`api.test` has no `sso_url` as `api.production` has: no login as long as `test` is there.",
        )


def _urls(api: Json) -> Iterator[tuple[str, object]]:
    """Every URL of a manifest with its path; whatever stands there."""
    for name in ("production", "test"):
        given = api.get(name)
        if isinstance(given, dict):
            yield from ((f"api.{name}.{key}", given[key]) for key in ("base_url", "sso_url") if key in given)
        elif isinstance(given, str):
            yield f"api.{name}", given


def _parsed(value: object) -> SplitResult | None:
    if not isinstance(value, str) or value != value.strip() or not value.isascii() or " " in value:
        return None
    try:
        parts = urlsplit(value)
        has_place = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if has_place else None


def _is_local(host: str) -> bool:
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")
