"""No secret is in a file that was not asked to hold them; what takes their place fits where it stands."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions.accounts import lasting_token
from platform_sim.core.actions.builds import SourceBlob, create_build, create_source
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.drains import create_drain
from platform_sim.core.actions.exchanges import begin
from platform_sim.core.actions.invitations import invite
from platform_sim.core.actions.logins import who_logs_in
from platform_sim.core.actions.teams import create_team
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.errors import Unauthorized
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import Build, ConfigSnapshot, Source
from platform_sim.core.model.drains import LogDrain, LogInput
from platform_sim.core.model.logins import Credentials
from platform_sim.core.model.notices import Notification
from platform_sim.core.model.secrecy import PLACE, Secret, secrets_of
from platform_sim.core.model.webhooks import Webhook
from platform_sim.core.store.tables import NOUNS, TABLES
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.wire import masked_exchange
from platform_sim.snapshots.album import Album
from platform_sim.snapshots.hiding import Numbers, cut

from ..support import new_addon, new_app, new_customer, new_service
from .full import album, all_texts, close, fill, put, taken

SUSPICIOUS = re.compile(
    r"token|secret|password|salt|key|code|cookie|link|factor|auth|env|vars|config|url|uri|body|payload|outcome|manifest"
    r"|contents|overrides|options|output|data|page|poll|form|headers"
)
HARMLESS = {
    "SshKey.public_key": "public, as it says",
    "AddonService.local_url": "scheme, host and port",
    "AppSetup.environment": "the name of a section of app.json",
    "AppSetup.manifest": "formation and commands of app.json",
    "Event.data": "holds no secret (design, rule 22)",
    "Exchange.request_body": "masked before it is written",
    "Exchange.request_headers": "masked before they are written",
    "Exchange.response_body": "masked before it is written",
    "Exchange.response_headers": "masked before they are written",
    "OauthClient.redirect_uri": "shown to everybody who logs in",
}
"""`Noun.field` -> why it holds no secret although it may sound so."""
DRAIN = "https://drain-user:drain-pass@logs.example.com/drain-path?drain-query=1"
HOOK: dict[str, Any] = {
    "include": ["api:release"],
    "level": "notify",
    "url": "https://hook-user:hook-pass@example.com/services/T0/B0/hook-path-of-mine?hook-query=1",
    "secret": "hook-secret-of-mine",
    "authorization": "Bearer hook-authorization",
}
GIVEN = (
    *("config-value-of-mine", "partner-password", "partner-salt", "exceptions-client-secret", "hook-secret-of-mine"),
    *(
        "hook-pass",
        "hook-path-of-mine",
        "hook-query",
        "hook-authorization",
        "drain-pass",
        "drain-path",
        "drain-query",
        "addon-value",
        "option-of-mine",
    ),
)
"""What people have given to the platform to keep."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    """Everything, and things with secrets that are known here."""
    made = album(tmp_path_factory.mktemp("full"))
    fill(made.database)
    with made.database.transaction() as tx:
        boss, guest = new_customer(tx, "secretive@example.com"), new_customer(tx, "guest@example.com")
        new_service(tx, "secretive", requires=("log_input", "syslog_drain"))
        app = new_app(tx, boss, "secretive")
        change_config_vars(tx, boss, app, {"MINE": "config-value-of-mine", "EMPTY": ""})
        new_addon(tx, boss, app, "secretive", {"SECRETIVE_URL": "https://addon-value@example.com"})
        addon = tx.all(Addon)[-1]
        tx.update(addon, options={"password": "option-of-mine", "version": "14"})
        create_drain(tx, boss, app, DRAIN)
        create_webhook(tx, boss, app, HOOK)
        called = masked_exchange(PartnerRequest("POST", HOOK["url"], {}, b"{}", 1.0), PartnerAnswer(200, {}, b"", 1))
        begin(tx, id=tx.uuid("exchange"), party="webhook", addon_id=None, cause_id=None, **asdict(called))
        source = create_source(tx)
        create_build(tx, boss, app, SourceBlob(f"http://localhost:5100/sources/{source.secret}"))
        invite(tx, boss, create_team(tx, boss, "secretive-team"), guest.account.email, "member")
    yield made
    close(made)


def bytes_of(file: bytes) -> bytes:
    """The file itself, and all that is packed in it."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return b"\n".join([file, *(name.encode() + archive.read(name) for name in archive.namelist())])


def made_by_the_platform(source: Album) -> set[str]:
    """The tokens, codes and passwords that its rows hold, read as those know who use them."""
    with source.database.snapshot() as rows:
        found = [each.token for each in rows.all(AccessToken)]
        found += [text for each in rows.all(Authorization) for text in (each.grant_code, each.refresh_token) if text]
        found += [each.token for each in (*rows.all(LogDrain), *rows.all(LogInput))]
        found += [each.secret for each in (*rows.all(Source), *rows.all(Webhook))]
        found += [each.client_secret for each in rows.all(AddonService)]
        found += [each.output_secret for each in rows.all(Build)]
        found += [text for each in rows.all(Credentials) for text in each.password.split("$")[4:]]
        found += [v for each in rows.all(ConfigSnapshot) for k, v in each.vars.items() if not k.startswith("HEROKU_")]
        found += [value for each in rows.all(Addon) for value in each.config.values()]
    return {each for each in found if len(each) > 7}


def test_what_the_ledger_has_hidden_is_no_secret_any_more() -> None:
    parts = cut(PLACE, False, "https://[hidden]@example.com/hook?x=1", Numbers())
    assert parts == ["https://[hidden]@example.com/hook?", 1]


def test_the_secrets_are_in_no_byte_of_the_file(full: Album) -> None:
    found = made_by_the_platform(full) | set(GIVEN)
    assert len(found) > 60
    file = bytes_of(taken(full))
    assert [each for each in sorted(found) if each.encode() in file] == []
    whole = bytes_of(taken(full, secrets=True))
    assert [each for each in sorted(found) if each.encode() not in whole] == [], "else this looks for nothing"


def test_no_value_of_a_field_that_is_said_to_be_secret_is_there(full: Album) -> None:
    file = bytes_of(taken(full))
    said = {(noun, name): secret for noun in NOUNS for name, secret in secrets_of(noun).items()}
    hidden = {key for key, secret in said.items() if secret.form not in ("within", "place")}
    assert len(hidden) > 35
    found = [f"{noun.__name__}.{name}" for noun, name in hidden if f"made-{noun.__name__}-{name}".encode() in file]
    assert found == []


def test_every_field_that_sounds_like_a_secret_is_said_to_be_one_or_none() -> None:
    """So that whoever adds a noun decides."""
    undecided, declared = [], {noun: secrets_of(noun) for noun in NOUNS}
    for noun in NOUNS:
        for each in fields(noun):
            name = f"{noun.__name__}.{each.name}"
            kind = TABLES[noun].types[each.name]
            if SUSPICIOUS.search(each.name) and kind in (str, dict) and not each.name.endswith("_id"):
                undecided += [name] if each.name not in declared[noun] and name not in HARMLESS else []
    assert undecided == []


def test_what_is_left_of_a_text_is_what_was_no_secret() -> None:
    numbers = Numbers()
    [one], [other] = numbers_of("abcdef0123456789", numbers), numbers_of("d.0000-1111", numbers)
    cases: list[tuple[Any, bool, str, list[Any]]] = [
        ("within", False, "POST /x/abcdef0123456789/accept.", ["POST /x/", one, "/accept."]),
        ("within", False, "It is abcdef0123456789.", ["It is ", one, "."]),
        ("within", True, '{"a":["x abcdef0123456789"]}', ['{"a":["x ', one, '"]}']),
        ("place", False, "https://u:p@example.com/abcdef0123456789?x=1", ["https://", 3, "@example.com/", one, "?", 4]),
        ("place", False, "no url at all", ["no url at all"]),
        ("address", False, "syslog+tls://logs.example.com:6514/a?b", ["syslog+tls://logs.example.com:6514/", 5]),
        ("address", False, "http://localhost:9/", ["http://localhost:9/"]),
        ("values", True, '{"A":"d.0000-1111","B":""}', ['{"A":"', 2, '","B":""}']),
        ("named", True, '{"api":{"password":"pw","n":1}}', ['{"api":{"n":1,"password":"', 6, '"}}']),
        ("named", True, '{"url":"http://u@h"}', ['{"url":"http://', 7, '@h"}']),
    ]  # fmt: skip
    for form, is_json, raw, parts in cases:
        assert cut(Secret(form), is_json, raw, numbers) == parts, raw
    assert other == 2


def numbers_of(text: str, numbers: Numbers) -> list[Any]:
    """A secret as its number."""
    return cut(secrets_of(AccessToken)["token"], False, text, numbers)


def test_what_takes_their_place_can_be_used(full: Album, tmp_path: Path) -> None:
    """No password lets anybody in, the customer's token works, and what was the same is the same."""
    other = album(tmp_path, seed=None)
    told = put(other, taken(full), token="mine-to-keep")
    with other.database.snapshot() as rows:
        customer = rows.find(Account, email="you@example.com")
        assert customer is not None
        lasting = lasting_token(rows, customer)
        assert lasting is not None
        assert (lasting.token, told.token) == ("mine-to-keep", "mine-to-keep")
        with pytest.raises(Unauthorized):
            who_logs_in(rows, customer.email, "correct horse", None)
        [drain] = [each for each in rows.all(LogDrain) if each.url and "@logs.example.com/" in each.url]
        assert drain.token.startswith("d.")
        addon = next(each for each in rows.all(Addon) if each.name.startswith("secretive"))
        seen = {each.vars.get("SECRETIVE_URL") for each in rows.all(ConfigSnapshot) if each.app_id == addon.app_id}
        assert seen - {None} == {addon.config["SECRETIVE_URL"]}
        builds = [each for each in rows.all(Build) if "/sources/" in each.source_url]
        assert builds[0].source_url.rpartition("/")[2] in {each.secret for each in rows.all(Source)}
        assert any("/teams/invitations/" in each.body for each in rows.all(Notification))
        texts = [text for noun in NOUNS for row in rows.all(noun) for text in all_texts(vars(row))]
    assert told.new_secrets > 60
    assert made_by_the_platform(full).isdisjoint(texts)
    close(other)


def test_without_a_seed_they_are_others_each_time(full: Album, tmp_path: Path) -> None:
    unseeded = album(tmp_path / "one", seed=None)
    put(unseeded, taken(full))
    unseeded.database.chance.seed = None
    file = taken(unseeded)
    drawn = []
    for name in ("two", "three"):
        each = album(tmp_path / name, seed=None)
        put(each, file)
        drawn.append(made_by_the_platform(each))
        close(each)
    assert not drawn[0] & drawn[1]
    close(unseeded)
