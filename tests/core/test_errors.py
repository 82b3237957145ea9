"""The answers that are errors: each id once, the shapes that clients read."""

import pytest

from platform_sim.core import errors

CLASSES = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.PlatformError)]


def made(kind: type[errors.PlatformError]) -> errors.PlatformError:
    if kind is errors.EndpointNotFound:
        return errors.EndpointNotFound()
    return kind("app" if kind is errors.NotFound else "Cannot: why.")


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_has_a_status_an_id_and_a_text(kind: type[errors.PlatformError]) -> None:
    error = made(kind)
    body = error.body()
    assert 400 <= error.status < 600
    assert body["id"] == error.id
    assert body["error" if kind is errors.MissingVersion else "message"] == error.message != ""
    assert str(error) == error.message


def test_an_id_means_one_class_but_for_the_two_404s_and_the_bug() -> None:
    twice = [c.__name__ for c in CLASSES if sum(c.id == other.id for other in CLASSES) > 1]
    assert sorted(twice) == ["EndpointNotFound", "Internal", "NotFound", "PlatformError"]


def test_ids_and_statuses_are_the_documented_ones() -> None:
    documented = {
        "bad_request": 400,
        "missing_version": 400,
        "unauthorized": 401,
        "delinquent": 402,
        "forbidden": 403,
        "not_found": 404,
        "not_acceptable": 406,
        "conflict": 409,
        "gone": 410,
        "precondition_failed": 412,
        "requested_range_not_satisfiable": 416,
        "invalid_params": 422,
        "multiple_matches": 422,
        "confirmation_required": 423,
        "rate_limit": 429,
        "not_simulated": 501,
    }
    ours = {c.id: c.status for c in CLASSES}
    assert {name: ours[name] for name in documented} == documented


def test_not_found_names_the_resource_that_clients_look_for() -> None:
    assert errors.NotFound("add_on").body() == {
        "id": "not_found",
        "message": "Couldn't find that add-on.",
        "resource": "add_on",
    }
    assert errors.NotFound("formation", "No such type.").body()["message"] == "No such type."
    assert errors.NotFound("add_on attachment").message == "Couldn't find that add-on attachment."


def test_more_can_be_told() -> None:
    assert errors.Forbidden("No.", url="https://example.com").body()["url"] == "https://example.com"
