"""Pipelines: who sees which, one place for an app, and vars that wait for apps of a stage."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import pipelines
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.promotions import promote
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.teams import add_member, create_team, delete_team
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.pipelines import (
    Pipeline,
    PipelineCoupling,
    Promotion,
    PromotionTarget,
    StageConfig,
)
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import attach, deploy, dump, new_addon, new_app, new_customer, new_service, partner_of_addon


@pytest.fixture
def flow(tx: Transaction, customer: Actor) -> Pipeline:
    return pipelines.create_pipeline(tx, customer, "flow")


@pytest.fixture
def stranger(tx: Transaction) -> Actor:
    return new_customer(tx, "stranger@example.com")


def told(tx: Transaction, kind: str) -> list[str]:
    return [event.action for event in tx.all(Event, kind=kind)]


class TestPipelines:
    """The group itself."""

    def test_one_is_made_found_renamed_and_ended(self, tx: Transaction, customer: Actor, flow: Pipeline) -> None:
        assert (flow.owner_id, flow.owner_type) == (customer.account.id, "user")
        assert [pipelines.pipeline_named(tx, customer, each) for each in (flow.id, "flow")] == [flow, flow]
        renamed = pipelines.rename_pipeline(tx, customer, flow, "stream")
        assert pipelines.visible_pipelines(tx, customer) == [renamed]
        assert pipelines.rename_pipeline(tx, customer, renamed, None) is renamed
        pipelines.delete_pipeline(tx, customer, renamed)
        with pytest.raises(NotFound):
            pipelines.pipeline_named(tx, customer, flow.id)
        assert told(tx, "pipeline") == ["create", "update", "destroy"]

    @pytest.mark.parametrize("name", ["", "ab", "a" * 31, "Flow", "1flow", "fl ow", "flow\n", "flöw"])
    def test_bad_names(self, tx: Transaction, customer: Actor, flow: Pipeline, name: str) -> None:
        with pytest.raises(InvalidParams, match="cannot be a pipeline's name"):
            pipelines.create_pipeline(tx, customer, name)
        with pytest.raises(InvalidParams, match="cannot be a pipeline's name"):
            pipelines.rename_pipeline(tx, customer, flow, name)

    def test_a_name_is_taken_once(self, tx: Transaction, flow: Pipeline, stranger: Actor) -> None:
        with pytest.raises(InvalidParams, match="^Name is already taken$"):
            pipelines.create_pipeline(tx, stranger, "flow")

    def test_owners_that_cannot_be(self, tx: Transaction, customer: Actor, stranger: Actor) -> None:
        theirs = create_team(tx, stranger, "theirs")
        for identity, kind in ((None, None), (customer.account.id, "user")):
            assert pipelines.owner_named(tx, customer, identity, kind) == customer.account
        with pytest.raises(InvalidParams, match="not yours"):
            pipelines.owner_named(tx, customer, stranger.account.id, "user")
        with pytest.raises(NotFound):
            pipelines.owner_named(tx, customer, theirs.id, "team")

    def test_a_team_s_pipeline_is_its_members(self, tx: Transaction, customer: Actor, stranger: Actor) -> None:
        team = create_team(tx, customer, "crew")
        owner = pipelines.owner_named(tx, customer, team.id, "team")
        flow = pipelines.create_pipeline(tx, customer, "flow", owner)
        assert (flow.owner_id, flow.owner_type) == (team.id, "team")
        assert pipelines.own_pipeline(tx, customer, "flow") == flow
        assert pipelines.visible_pipelines(tx, stranger) == []
        add_member(tx, customer.account, team, stranger.account, "member")
        assert pipelines.own_pipeline(tx, stranger, "flow") == flow
        with pytest.raises(InvalidParams, match="the pipeline flow"):
            delete_team(tx, customer, team)
        moved = pipelines.transfer_pipeline(tx, stranger, flow, customer.account.id, "user")
        assert (moved.owner_id, moved.owner_type) == (customer.account.id, "user")
        assert pipelines.transfer_pipeline(tx, customer, moved, "crew", "team").owner_type == "team"

    def test_a_team_s_couplings_are_those_of_its_apps(self, tx: Transaction, customer: Actor, app: App) -> None:
        team = create_team(tx, customer, "crew")
        flow = pipelines.create_pipeline(tx, customer, "flow")
        pipelines.couple(tx, customer, flow, app, "staging")
        made = pipelines.couple(tx, customer, flow, create_team_app(tx, customer, team, name="ours"), "production")
        assert pipelines.couplings_of_team(tx, customer, "crew") == [made]
        assert pipelines.couplings_of_team(tx, customer, team.id) == [made]

    def test_a_pipeline_is_given_away_and_its_apps_are_not(
        self, tx: Transaction, customer: Actor, app: App, flow: Pipeline, stranger: Actor
    ) -> None:
        pipelines.couple(tx, customer, flow, app, "staging")
        for bad in ("nobody@example.com", app.id):
            with pytest.raises(NotFound):
                pipelines.transfer_pipeline(tx, customer, flow, bad, "user")
        with pytest.raises(NotFound):
            pipelines.transfer_pipeline(tx, customer, flow, stranger.account.id, "team")
        moved = pipelines.transfer_pipeline(tx, customer, flow, stranger.account.id, "user")
        assert moved.owner_id == stranger.account.id
        assert pipelines.own_pipeline(tx, stranger, "flow") == moved
        assert pipelines.visible_couplings(tx, stranger) == []
        assert pipelines.pipeline_named(tx, customer, "flow") == moved, "an app of its is in it"
        with pytest.raises(Forbidden, match="Only its owner"):
            pipelines.own_pipeline(tx, customer, "flow")


class TestCouplings:
    """An app's place."""

    def test_an_app_has_one_place_and_can_move(
        self, tx: Transaction, customer: Actor, app: App, flow: Pipeline
    ) -> None:
        with pytest.raises(NotFound):
            pipelines.coupling_of(tx, app)
        made = pipelines.couple(tx, customer, flow, app, "staging")
        other = pipelines.create_pipeline(tx, customer, "other")
        with pytest.raises(InvalidParams, match="acme is in the pipeline flow already"):
            pipelines.couple(tx, customer, other, app, "staging")
        moved = pipelines.move(tx, customer, made, "production")
        assert pipelines.coupling_of(tx, app) == pipelines.coupling_named(tx, customer, made.id) == moved
        assert moved.stage == "production"
        assert pipelines.move(tx, customer, moved, None) is moved
        pipelines.uncouple(tx, customer, moved)
        assert pipelines.visible_couplings(tx, customer) == []
        assert told(tx, "pipeline-coupling") == ["create", "update", "destroy"]

    def test_only_the_five_stages(self, tx: Transaction, customer: Actor, app: App, flow: Pipeline) -> None:
        before = dump(tx)
        with pytest.raises(InvalidParams, match="test, review, development, staging, production"):
            pipelines.couple(tx, customer, flow, app, "Production")
        assert dump(tx) == before

    def test_lists_are_of_one_pipeline_or_of_all(
        self, tx: Transaction, customer: Actor, app: App, flow: Pipeline
    ) -> None:
        first = pipelines.couple(tx, customer, flow, app, "staging")
        elsewhere = pipelines.create_pipeline(tx, customer, "other")
        second = pipelines.couple(tx, customer, elsewhere, new_app(tx, customer), "staging")
        assert pipelines.visible_couplings(tx, customer) == [first, second]
        assert pipelines.visible_couplings(tx, customer, elsewhere) == [second]

    def test_strangers_see_nothing(
        self, tx: Transaction, customer: Actor, app: App, flow: Pipeline, stranger: Actor
    ) -> None:
        made = pipelines.couple(tx, customer, flow, app, "staging")
        assert pipelines.visible_pipelines(tx, stranger) == pipelines.visible_couplings(tx, stranger) == []
        with pytest.raises(NotFound):
            pipelines.pipeline_named(tx, stranger, "flow")
        with pytest.raises(NotFound):
            pipelines.coupling_named(tx, stranger, made.id)

    def test_a_partner_sees_the_places_of_its_apps_only(
        self, tx: Transaction, customer: Actor, app: App, flow: Pipeline
    ) -> None:
        new_service(tx)
        addon = new_addon(tx, customer, app)
        partner = partner_of_addon(tx, addon)
        assert pipelines.visible_pipelines(tx, partner) == []
        shared, hidden = new_app(tx, customer, "shared"), new_app(tx, customer, "hidden")
        attach(tx, shared, addon, "SHARED")
        own = pipelines.couple(tx, customer, flow, shared, "staging")
        made = pipelines.couple(tx, customer, flow, hidden, "production")
        assert pipelines.visible_pipelines(tx, partner) == [flow]
        assert pipelines.visible_couplings(tx, partner, flow) == [own]
        with pytest.raises(NotFound):
            pipelines.coupling_named(tx, partner, made.id)

    def test_a_partner_changes_nothing(self, tx: Transaction, customer: Actor, app: App, flow: Pipeline) -> None:
        new_service(tx)
        partner = partner_of_addon(tx, new_addon(tx, customer, app))
        made = pipelines.couple(tx, customer, flow, app, "staging")
        before = dump(tx)
        with pytest.raises(Forbidden):
            pipelines.create_pipeline(tx, partner, "theirs")
        with pytest.raises(Forbidden):
            pipelines.own_pipeline(tx, partner, "flow")
        with pytest.raises(Forbidden):
            pipelines.couple(tx, partner, flow, app, "staging")
        with pytest.raises(Forbidden):
            pipelines.move(tx, partner, made, "production")
        with pytest.raises(Forbidden):
            pipelines.uncouple(tx, partner, made)
        assert dump(tx) == before


def test_a_stage_s_vars_are_merged_and_checked_as_an_app_s_are(
    tx: Transaction, customer: Actor, flow: Pipeline
) -> None:
    assert pipelines.stage_vars(tx, flow, "review") == {}
    assert pipelines.change_stage_vars(tx, customer, flow, "review", {"A": "1", "B": "2"}) == {"A": "1", "B": "2"}
    assert pipelines.change_stage_vars(tx, customer, flow, "review", {"A": None, "C": "3"}) == {"B": "2", "C": "3"}
    assert pipelines.stage_vars(tx, flow, "review") == {"B": "2", "C": "3"}
    assert pipelines.stage_vars(tx, flow, "test") == {}
    with pytest.raises(InvalidParams, match="reserved"):
        pipelines.change_stage_vars(tx, customer, flow, "test", {"HEROKU_X": "1"})
    with pytest.raises(InvalidParams, match="limited"):
        pipelines.change_stage_vars(tx, customer, flow, "test", {"X": "x" * 40_000})
    with pytest.raises(NotFound):
        pipelines.stage_vars(tx, flow, "nowhere")
    assert "'3'" not in str([event.data for event in tx.all(Event)]), "values are secrets"


def test_what_is_deleted_leaves_nothing_behind(tx: Transaction, customer: Actor, app: App, flow: Pipeline) -> None:
    live, other = new_app(tx, customer, "live"), new_app(tx, customer, "other")
    for each in (app, live, other):
        pipelines.couple(tx, customer, flow, each, "staging")
    pipelines.change_stage_vars(tx, customer, flow, "test", {"A": "1"})
    deploy(tx, customer, app)
    first = promote(tx, customer, flow, app, [live, other])
    promote(tx, customer, flow, live, [other])
    delete_app(tx, customer, live)
    assert tx.all(Promotion) == [first], "that of the deleted app has gone"
    assert [target.app_id for target in tx.all(PromotionTarget)] == [other.id]
    assert tx.count(PipelineCoupling) == 2
    pipelines.delete_pipeline(tx, customer, flow)
    assert [tx.count(noun) for noun in (Promotion, PromotionTarget, PipelineCoupling, StageConfig)] == [0, 0, 0, 0]
    assert tx.find(App, id=app.id) is not None
