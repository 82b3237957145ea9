"""The API's answers that several tests use, with the fields that the CLI reads."""

from typing import Any

Json = dict[str, Any]
TIME = "2026-01-02T03:04:05Z"


def app(name: str = "alpha", **more: Any) -> Json:
    return {
        "id": f"id-of-{name}",
        "name": name,
        "acm": False,
        "owner": {"email": "dev@example.com", "id": "id-of-dev"},
        "region": {"name": "us"},
        "stack": {"name": "heroku-24"},
        "maintenance": False,
        "repo_size": 1000,
        "slug_size": 6000,
        "git_url": f"http://localhost:5100/{name}.git",
        "web_url": f"http://{name}.localhost:5100/",
        **more,
    }


def plan(name: str = "fakedb:standard-0", cents: int = 5000, **more: Any) -> Json:
    return {
        "id": f"id-of-{name}",
        "name": name,
        "default": False,
        "human_name": name.partition(":")[2].title(),
        "price": {"cents": cents, "unit": "month", "contract": False},
        **more,
    }


def service(name: str = "fakedb", *plans: Json, **more: Any) -> Json:
    """As `/sim/services` shows it."""
    return {
        "name": name,
        "human_name": name.title(),
        "state": "alpha",
        "owner": "you@example.com",
        "local": None,
        "calls": {"base_url": "https://acme.example/heroku/resources", "sso_url": "https://acme.example/sso"},
        "abilities": [],
        "addons": 1,
        "plans": list(plans),
        **more,
    }


def offer(name: str = "test", cents: int = 0, **more: Any) -> Json:
    """A plan as `/sim/services` shows it."""
    return {
        "id": f"id-of-{name}",
        "name": name,
        "cents": cents,
        "default": False,
        "human_name": name.title(),
        "description": "",
        "state": "public",
        "offered": "All Users",
        "passes": [],
        "actions": [],
        **more,
    }


def addon(name: str = "fakedb-round-123", on: str = "alpha", **more: Any) -> Json:
    return {
        "id": f"id-of-{name}",
        "name": name,
        "app": {"id": f"id-of-{on}", "name": on},
        "addon_service": {"id": "id-of-fakedb", "name": "fakedb"},
        "plan": plan(),
        "billed_price": {"cents": 5000, "contract": False, "unit": "month"},
        "config_vars": ["FAKEDB_URL"],
        "created_at": TIME,
        "state": "provisioned",
        "web_url": f"http://localhost:5100/sso/{name}",
        **more,
    }


def attachment(name: str = "FAKEDB", on: str = "alpha", of: Json | None = None, **more: Any) -> Json:
    held = of or addon()
    return {
        "id": f"id-of-{name}-on-{on}",
        "name": name,
        "namespace": None,
        "app": {"id": f"id-of-{on}", "name": on},
        "addon": {"id": held["id"], "name": held["name"], "app": held["app"]},
        "web_url": f"http://localhost:5100/sso/att/{name}",
        **more,
    }


def release(version: int, **more: Any) -> Json:
    return {
        "id": f"id-of-v{version}",
        "version": version,
        "current": False,
        "description": "Deploy 1234abc",
        "status": "succeeded",
        "eligible_for_rollback": True,
        "output_stream_url": None,
        "user": {"email": "dev@example.com"},
        "created_at": TIME,
        **more,
    }


def dyno(name: str = "web.1", **more: Any) -> Json:
    kind = name.partition(".")[0]
    return {
        "name": name,
        "type": kind,
        "size": "Basic",
        "state": "up",
        "command": f"bin/{kind}",
        "release": {"version": 3},
        "updated_at": TIME,
        **more,
    }


def formation(kind: str = "web", quantity: int = 1) -> Json:
    return {"type": kind, "quantity": quantity, "size": "Basic"}


def status(todo: int = 0, doing: int = 0, **more: Any) -> Json:
    return {
        "url": "http://localhost:5100",
        "boot_id": "boot-1",
        "version": "0.1.0",
        "data": None,
        "seed": None,
        "clock": {"now": "2026-01-02T03:04:05+00:00", "frozen": False},
        "jobs": {"todo": todo, "doing": doing},
        "waiting": [{"kind": "provision", "subject": "x", "due": TIME, "attempts": 1}] * (todo + doing),
        **more,
    }
