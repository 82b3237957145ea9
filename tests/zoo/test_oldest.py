"""The oldest partners: logins come by GET, to the resource itself (partner-api §5.4)."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from platform_sim.conformance.scenes.scene import Mode

from .animal import check, told
from .animals_manifest import GONE, manifest_with
from .partner import Right
from .parts import BASE, SALT, Answer, Refusal, Request


class Oldest(Right):
    """Has one address only, and is told no user."""

    manifest = manifest_with({"api.production": "https://zoo.example", "api.version": GONE})

    def answer(self, request: Request) -> Answer:
        path, _, query = request.path.partition("?")
        if request.method != "GET" or "authorization" in request.headers or not path.startswith(BASE):
            return super().answer(request)
        form: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
        try:
            return self.sign_in(form | {"resource_id": path.removeprefix(BASE + "/")})
        except Refusal as refusal:
            return refusal.answer

    def tokens(self, form: dict[str, str], stamp: str) -> Iterable[tuple[str, str]]:
        yield "token", hashlib.sha1(f"{form['resource_id']}:{SALT}:{stamp}".encode()).hexdigest()


def test_each_login_goes_to_the_resource_that_it_names() -> None:
    report = check(Oldest, mode=Mode.DEFAULT, patience=0.3)
    single = [result for result in report.findings if result.rule.id[0] == "S"]
    assert single == [], told(single)
    asked = {each.moment: each for each in report.exchanges}
    first, gone = (asked[name].sent["uuid"] for name in ("provision", "second provision"))
    assert f"/{first}?" in asked["login"].request.url
    assert f"/{gone}?" in asked["login to a deleted resource"].request.url
    assert asked["login to a deleted resource"].status == 410
    assert asked["login to an unknown resource"].status == 410
