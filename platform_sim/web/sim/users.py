"""`/sim/users`: an operator makes customers, gives them tokens and passwords, suspends them, makes a browser one."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.actions import logins
from platform_sim.core.actions.accounts import create_customer, customer_named, issue_token, set_standing
from platform_sim.core.actions.browsers import create_link
from platform_sim.core.model import one_time
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.values import iso
from platform_sim.core.public import accounts as public
from platform_sim.core.store import Transaction
from platform_sim.web.answers import asking_customer, json_response, read_body
from platform_sim.web.api.bodies import check, flag, read_json, text
from platform_sim.web.context import Doors

USER = {"email": text, "name": text}
PASSWORD = {"password": text}
STANDING = {"suspended": flag, "delinquent": flag}
BY_OPERATOR = "platform-sim users"
"""Description of the tokens that are made here."""


def add_user_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`. A token is shown once, when it is made."""

    @blueprint.get("/users")
    def all_users() -> Response:
        with doors.database.snapshot() as rows:
            found = [each for each in rows.all(Account, order_by="email") if each.is_customer]
        return json_response([public.customer(each) for each in found])

    @blueprint.post("/users")
    def create_user() -> Response:
        wish = check(_body(doors), USER, ("email",))
        with doors.database.transaction() as tx:
            made = create_customer(tx, wish["email"], wish.get("name"))
            token = issue_token(tx, made, BY_OPERATOR)
            return json_response(public.customer(made) | {"token": token.token}, 201)

    @blueprint.patch("/users/<user>")
    def change_user(user: str) -> Response:
        operator = asking_customer(doors, "operate the simulator").account
        wish = check(_body(doors), STANDING)
        with doors.database.transaction() as tx:
            return json_response(public.customer(set_standing(tx, operator, customer_named(tx, user), **wish)))

    @blueprint.post("/users/<user>/tokens")
    def give_token(user: str) -> Response:
        with doors.database.transaction() as tx:
            found = customer_named(tx, user)
            made = issue_token(tx, found, BY_OPERATOR)
            return json_response({"email": found.email, "token": made.token}, 201)

    @blueprint.post("/users/<user>/links")
    def give_link(user: str) -> Response:
        with doors.database.transaction() as tx:
            found = customer_named(tx, user)
            made = create_link(tx, found)
            url = doors.addresses.browser(made.link or "")
            return json_response({"email": found.email, "url": url, "expires_at": iso(made.expires_at)}, 201)

    _add_login_routes(blueprint, doors)


def _add_login_routes(blueprint: Blueprint, doors: Doors) -> None:
    """What a customer logs in with. The secret of a second factor is shown once; the code of the moment whenever an
    operator asks, who may not have a telephone that goes by the platform's clock."""

    @blueprint.put("/users/<user>/password")
    def give_password(user: str) -> Response:
        wish = check(_body(doors), PASSWORD, ("password",))
        return _change(doors, user, lambda tx, by, whose: logins.set_password(tx, by, whose, wish["password"]))

    @blueprint.delete("/users/<user>/password")
    def take_password(user: str) -> Response:
        return _change(doors, user, logins.remove_password)

    @blueprint.put("/users/<user>/second-factor")
    def give_second_factor(user: str) -> Response:
        operator = asking_customer(doors, "operate the simulator").account
        with doors.database.transaction() as tx:
            found = customer_named(tx, user)
            secret = logins.set_second_factor(tx, operator, found)
        return json_response(
            {"email": found.email, "secret": secret, "url": one_time.address(secret, found.email)}, 201
        )

    @blueprint.delete("/users/<user>/second-factor")
    def take_second_factor(user: str) -> Response:
        return _change(doors, user, logins.remove_second_factor)

    @blueprint.get("/users/<user>/code")
    def code(user: str) -> Response:
        with doors.database.snapshot() as rows:
            found, now = customer_named(rows, user), rows.now()
            shown = one_time.code_at(logins.second_factor_of(rows, found), now)
        return json_response({"email": found.email, "code": shown, "expires_in": one_time.seconds_left(now)})


def _change(doors: Doors, user: str, act: Callable[[Transaction, Account, Account], None]) -> Response:
    operator = asking_customer(doors, "operate the simulator").account
    with doors.database.transaction() as tx:
        found = customer_named(tx, user)
        act(tx, operator, found)
        return json_response(public.customer(tx.get(Account, found.id)))


def _body(doors: Doors) -> dict[str, Any]:
    limit = doors.database.rules.body_size_limit
    return read_json(read_body(request, limit), limit)
