"""Keys over the API, as `heroku keys` uses them (heroku-cli §15)."""

from ....core.model.test_keys import FINGERPRINT, LINE
from ...world import Populated


def test_a_key_is_uploaded_shown_and_removed(full: Populated) -> None:
    world = full.world
    before = world.get("/account/keys")
    made = world.call("POST", "/account/keys", {"public_key": LINE + "\n"})
    assert (made.status_code, made.json["public_key"]) == (201, LINE)
    assert (made.json["comment"], made.json["email"]) == ("x@y", "user@example.com")
    for identity in (made.json["id"], FINGERPRINT):
        assert world.get(f"/account/keys/{identity}") == made.json
    assert world.get("/account/keys") == [*before, made.json]
    gone = world.call("DELETE", f"/account/keys/{made.json['id']}")
    assert (gone.status_code, gone.json) == (200, made.json)
    assert world.get("/account/keys") == before
