"""The service, with FastAPI: what Heroku asks of a partner, and the greetings.

`create_app` reads the environment: HEROKU_USERNAME, HEROKU_PASSWORD and SSO_SALT as in the manifest, CLIENT_SECRET as
Heroku has given it, HEROKU_API_URL where that is not https://api.heroku.com.
"""

import hmac
import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import parse_qs

import httpx
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel

from greeter.heroku import Heroku
from greeter.store import Greeting, Store

OLDEST_LOGIN = 300
"""Seconds."""
basic = HTTPBasic(realm="greeter")


class Grant(BaseModel):
    """What is exchanged for tokens, once."""

    code: str


class Order(BaseModel):
    """Heroku's POST; what it holds besides is not needed here."""

    uuid: str
    plan: str
    oauth_grant: Grant
    options: dict[str, Any] = {}


class PlanChange(BaseModel):
    """Heroku's PUT."""

    plan: str


async def only_heroku(request: Request, given: Annotated[HTTPBasicCredentials, Depends(basic)]) -> None:
    """401 for everybody else."""
    told = request.app.state.told
    is_user = hmac.compare_digest(given.username.encode(), told["HEROKU_USERNAME"].encode())
    if not hmac.compare_digest(given.password.encode(), told["HEROKU_PASSWORD"].encode()) or not is_user:
        raise HTTPException(401, "Wrong credentials.", {"WWW-Authenticate": 'Basic realm="greeter"'})


heroku_asks = APIRouter(dependencies=[Depends(only_heroku)])
browsers_ask = APIRouter()


@heroku_asks.post("/heroku/resources")
async def provision(order: Order, request: Request) -> Any:
    """The same uuid is the same greeting, however often Heroku asks."""
    store: Store = request.app.state.store
    async with store.making(order.uuid):
        greeting = store.get(order.uuid)
        if greeting is None:
            word = str(order.options.get("greeting", "Hello"))
            greeting = Greeting(order.uuid, order.plan, secrets.token_hex(16), word)
            greeting.refresh_token = await request.app.state.heroku.exchange(order.oauth_grant.code)
            store.add(greeting)
        if greeting.is_gone:
            raise HTTPException(410, "This greeting is gone.")
    return {"id": greeting.uuid, "config": config(request, greeting), "message": "Your greeting is ready."}


@heroku_asks.put("/heroku/resources/{uuid}")
async def change_plan(uuid: str, change: PlanChange, request: Request) -> Any:
    """Another plan is another size of the same thing."""
    greeting = alive(request, uuid)
    greeting.plan = change.plan
    return {"config": config(request, greeting), "message": f"You are on {change.plan} now."}


@heroku_asks.delete("/heroku/resources/{uuid}", status_code=204)
async def deprovision(uuid: str, request: Request) -> Response:
    """It is gone for good."""
    alive(request, uuid).is_gone = True
    return Response(status_code=204)


@heroku_asks.get("/heroku/resources")
async def held(request: Request) -> list[str]:
    """The uuids of all that we hold: for those who look after the service."""
    return request.app.state.store.held()


@heroku_asks.post("/heroku/resources/{uuid}/rotate")
async def rotate(uuid: str, request: Request) -> Any:
    """A new address: the customer's app is told by Heroku."""
    greeting = alive(request, uuid)
    greeting.key = secrets.token_hex(16)
    await request.app.state.heroku.set_config(greeting, config(request, greeting))
    return {"rotated": True}


@browsers_ask.post("/heroku/sso")
async def sign_in(request: Request) -> Response:
    """A customer comes from Heroku's dashboard."""
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    salt, names = request.app.state.told["SSO_SALT"], ("timestamp", "user_id", "email")
    signed = ":".join([form.get("resource_id", ""), salt, *(form.get(name, "") for name in names)])
    token = form.get("user_scoped_resource_token", "")
    is_signed = hmac.compare_digest(sha256(signed.encode()).hexdigest().encode(), token.encode())
    if not is_signed or abs(time.time() - int(form["timestamp"])) > OLDEST_LOGIN:
        return PlainTextResponse("Please log in at Heroku once more.", 403)
    return PlainTextResponse(
        f"The greeting of {form.get('email', '')}, plan {alive(request, form['resource_id']).plan}"
    )


@browsers_ask.get("/greetings/{key}")
async def greet(key: str, request: Request) -> Response:
    """What customers have the add-on for."""
    greeting = request.app.state.store.by_key(key)
    if greeting is None:
        raise HTTPException(404, "There is no such greeting.")
    return PlainTextResponse(f"{greeting.word}, world!")


def alive(request: Request, uuid: str) -> Greeting:
    """410 for one that is gone or never was."""
    greeting = request.app.state.store.get(uuid)
    if greeting is None or greeting.is_gone:
        raise HTTPException(410, "There is no such greeting.")
    return greeting


def config(request: Request, greeting: Greeting) -> dict[str, str]:
    """The customer's config vars."""
    return {"GREETER_URL": f"{request.base_url}greetings/{greeting.key}"}


async def in_words(request: Request, problem: HTTPException) -> Response:
    """Heroku shows `message` to its customer."""
    return JSONResponse({"message": problem.detail}, problem.status_code, problem.headers)


async def unreadable(request: Request, problem: RequestValidationError) -> Response:
    """A body that is no order."""
    return JSONResponse({"message": "The request cannot be read."}, 422)


def create_app(told: Mapping[str, str] = os.environ) -> FastAPI:
    """The application; KeyError for a variable that is missing."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=10) as client:
            url = app.state.told.get("HEROKU_API_URL", "https://api.heroku.com")
            app.state.heroku = Heroku(client, url, app.state.told["CLIENT_SECRET"])
            yield

    app = FastAPI(lifespan=lifespan, title="Greeter")
    names = ("HEROKU_USERNAME", "HEROKU_PASSWORD", "SSO_SALT", "CLIENT_SECRET")
    optional = {name: told[name] for name in ("HEROKU_API_URL",) if name in told}
    app.state.told = {name: told[name] for name in names} | optional
    app.state.store = Store()
    app.include_router(heroku_asks)
    app.include_router(browsers_ask)
    app.add_exception_handler(HTTPException, in_words)
    app.add_exception_handler(RequestValidationError, unreadable)
    return app
