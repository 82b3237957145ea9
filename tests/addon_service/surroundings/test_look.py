"""Looking at what surrounds an instance."""

from __future__ import annotations

import pytest

from addon_service.datastore.base import DatastoreAway
from addon_service.errors import PlatformFailed
from addon_service.surroundings.facts import app_names, known

from ..around import SHOP, STAGING, attachment
from ..customer import DatabasePartner
from ..fake_engine import FakeEngine, failing
from ..heroku import FakeHeroku, FrozenClock, said
from ..partner import OTHER, UUID, Partner

TEAM = {"email": "acme@herokumanager.com"}
COLLABORATORS, MEMBERS = "GET /apps/app-1/collaborators", "GET /teams/acme/members"


def look(partner: Partner | DatabasePartner) -> None:
    with partner.service.store.write() as tx:
        partner.service.duties.ensure(tx, "look", UUID)
    partner.service.duties.run_due()


def people(partner: Partner) -> list[tuple[str, list[str]]]:
    return [(each["email"], each["roles"]) for each in partner.admin(f"/{UUID}").get_json()["people"]]


def note(partner: Partner) -> str | None:
    with partner.service.store.read() as tx:
        return known(tx, UUID).people_note


def newest(partner: Partner) -> dict[str, object]:
    listed = partner.admin(f"/{UUID}").get_json()["duties"]
    found: dict[str, object] = next(duty for duty in listed if duty["kind"] == "look")
    return found


class TestPeople:
    def test_owner_and_collaborators(self, partner: Partner, heroku: FakeHeroku) -> None:
        heroku.around.collaborators.append({"user": {"email": "ana@example.com"}, "role": "operate"})
        partner.ready()
        assert people(partner) == [("owner@example.com", ["owner"]), ("ana@example.com", ["operate"])]
        assert note(partner) is None
        assert not any("/teams/" in call for call in heroku.around.calls)

    def test_of_a_team_its_members(self, partner: Partner, heroku: FakeHeroku) -> None:
        heroku.around.owner = TEAM
        heroku.around.collaborators = [{"user": TEAM, "role": "owner"}, {"user": {"email": "ana@x.test"}, "role": None}]
        heroku.around.members = [{"email": "ana@x.test", "role": "admin"}, {"email": "bob@x.test", "role": "viewer"}]
        partner.ready()
        assert people(partner) == [
            ("ana@x.test", ["collaborator", "admin of team acme"]),
            ("bob@x.test", ["viewer of team acme"]),
        ]

    @pytest.mark.parametrize("status", [403, 404, 501])
    def test_what_heroku_does_not_tell_is_said(self, partner: Partner, heroku: FakeHeroku, status: int) -> None:
        heroku.around.owner = TEAM
        heroku.around.said = {COLLABORATORS: said(status, {"message": "No."}), MEMBERS: said(status, {})}
        partner.ready()
        assert people(partner) == []
        told = f"the collaborators ({status} No.) and the members of team acme ({status} no reason given)"
        assert note(partner) == f"Heroku does not tell {told}."

    def test_an_owner_that_is_not_told_leaves_the_collaborators(self, partner: Partner, heroku: FakeHeroku) -> None:
        heroku.around.said["GET /apps/app-1"] = said(403, {"message": "No."})
        partner.ready()
        assert people(partner) == [("owner@example.com", ["owner"])]
        assert note(partner) == "Heroku does not tell who owns the app (403 No.)."

    def test_names_are_quoted_in_paths(self, partner: Partner, heroku: FakeHeroku) -> None:
        heroku.around.owner = {"email": "a/b ?@herokumanager.com"}
        partner.ready()
        assert "GET /teams/a%2Fb%20%3F/members" in heroku.around.calls


def test_of_lists_everything_is_asked_for(partner: Partner, heroku: FakeHeroku) -> None:
    partner.ready()
    lists = {f"GET /addons/{UUID}/addon-attachments", COLLABORATORS, f"GET /addons/{UUID}/webhooks"}
    assert {call for call, wanted in heroku.around.ranges.items() if wanted == "id ..; max=1000"} == lists
    assert {wanted for call, wanted in heroku.around.ranges.items() if call not in lists} == {None}


def test_a_look_that_is_too_early_is_repeated_for_a_minute(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    heroku.around.said[f"GET /addons/{UUID}"] = said(404, {"message": "Couldn't find that add-on."})
    partner.ready()
    assert newest(partner)["state"] == "waiting"
    clock.advance(minutes=1)
    partner.service.duties.run_due()
    assert newest(partner)["state"] == "failed"
    assert "404 Couldn't find that add-on." in str(newest(partner)["error"])


def test_without_tokens_a_look_is_given_up(partner: Partner) -> None:
    partner.provision(oauth_grant=None)
    look(partner)
    assert newest(partner)["state"] == "failed"


def test_the_later_question_counts(partner: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    partner.ready()
    slow, drains = partner.service.look._ask(partner.service.exceptions, UUID, None)
    clock.advance(seconds=1)
    heroku.around.app = {"id": "app-1", "name": "boutique"}
    heroku.around.attachments = []
    look(partner)
    with partner.service.store.write() as tx:
        partner.service.look._keep(tx, UUID, slow, drains)
        assert app_names(tx, UUID)[""] == "boutique"


def test_attachments_that_are_not_told_stay_as_they_were(partner: Partner, heroku: FakeHeroku) -> None:
    heroku.around.attachments = [attachment(), attachment("BLUE", STAGING)]
    partner.ready()
    heroku.around.said[f"GET /addons/{UUID}/addon-attachments"] = said(403, {})
    look(partner)
    assert len(partner.admin(f"/{UUID}").get_json()["apps"]) == 2


def test_an_instance_that_was_detached_from_its_own_app_still_shows_it(partner: Partner, heroku: FakeHeroku) -> None:
    heroku.around.attachments = [attachment("BLUE", STAGING)]
    partner.ready()
    assert partner.admin(f"/{UUID}").get_json()["apps"] == [
        {"app": "shop", "attachment": None, "owner": True},
        {"app": "shop-staging", "attachment": "BLUE", "owner": False},
    ]


class TestRefresh:
    def refresh(self, partner: Partner) -> str | None:
        return partner.service.look.refresh(partner.service.exceptions, UUID, 3.0)

    def test_what_is_fresh_is_not_asked_again(self, partner: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
        partner.ready()
        heroku.around.calls.clear()
        clock.advance(seconds=29)
        assert self.refresh(partner) is None
        assert heroku.around.calls == []
        clock.advance(seconds=1)
        assert self.refresh(partner) is None
        assert heroku.around.calls != []

    def test_why_it_cannot_be_is_said_and_what_is_known_stays(
        self, partner: Partner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        partner.ready()
        clock.advance(minutes=1)
        heroku.around.failing = PlatformFailed("cannot reach Heroku")
        assert self.refresh(partner) == "cannot reach Heroku"
        heroku.around.failing = None
        heroku.around.said[f"GET /addons/{UUID}"] = said(404, {"message": "Gone."})
        assert self.refresh(partner) == "Heroku says nothing about this instance: 404 Gone."
        assert len(partner.admin(f"/{UUID}").get_json()["apps"]) == 1

    def test_without_tokens_that_is_said(self, partner: Partner) -> None:
        partner.provision(oauth_grant=None)
        assert "grant" in str(self.refresh(partner))


class TestPlan:
    """Heroku's word on the plan counts, unless a plan change may be under way."""

    def plan(self, partner: Partner) -> tuple[str, str]:
        body = partner.admin(f"/{UUID}").get_json()
        return body["plan"], newest(partner)["state"]  # type: ignore[return-value]

    def test_a_change_whose_answer_heroku_did_not_get_is_taken_back(
        self, partner: Partner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        heroku.around.plan = "basic"
        partner.ready()
        clock.advance(minutes=5)
        partner.change_plan("premium")
        look(partner)
        assert self.plan(partner) == ("premium", "waiting")
        clock.advance(seconds=29)
        partner.service.duties.run_due()
        assert self.plan(partner) == ("premium", "waiting")
        clock.advance(seconds=1)
        partner.service.duties.run_due()
        assert self.plan(partner) == ("basic", "done")

    def test_one_that_heroku_takes_meanwhile_stays(
        self, partner: Partner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        heroku.around.plan = "basic"
        partner.ready()
        partner.change_plan("premium")
        look(partner)
        heroku.around.plan = "premium"
        clock.advance(seconds=30)
        partner.service.duties.run_due()
        assert self.plan(partner) == ("premium", "done")

    def test_a_plan_that_is_not_sold_is_not_taken_over(
        self, partner: Partner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        heroku.around.plan = "gold"
        partner.ready()
        clock.advance(minutes=5)
        look(partner)
        assert self.plan(partner) == ("basic", "done")

    def test_the_database_is_fitted_to_it(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        db.ready()
        heroku.around.plan = "premium"
        clock.advance(minutes=5)
        look(db)
        assert db.shown()["plan"] == "premium"
        assert [connections for _, connections in engine.only().values()] == [10]

    def test_a_database_that_is_still_being_made_is_left_alone(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        engine.fault = failing("create", DatastoreAway("gone fishing"))
        db.provision()
        db.work()
        heroku.around.plan = "premium"
        clock.advance(minutes=1)
        look(db)
        assert db.shown()["plan"] == "basic"
        assert "fit_database" not in [kind for kind, _ in db.duties()]


def test_one_instance_s_surroundings_are_not_another_s(partner: Partner, heroku: FakeHeroku) -> None:
    partner.ready()
    partner.provision(uuid=OTHER, oauth_grant=None)
    partner.deprovision(OTHER)
    with partner.service.store.read() as tx:
        assert known(tx, OTHER).apps == []
        assert [each["app"] for each in known(tx, UUID).apps] == [SHOP["name"]]
