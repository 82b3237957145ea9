"""The lessons for somebody: with the names of what is there, and what has happened of them. Reads rows.

Lesson 1 counts what happened after the newest mark (`begin_learning`); each other one what happened after that which
completed the lesson before. So nothing is green that was there already, and what is green stays so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from platform_sim.core.access import LIVE, Actor, app_named, visible_app_ids
from platform_sim.core.actions.lesson_checks import CHECKS
from platform_sim.core.actions.lesson_story import Story
from platform_sim.core.actions.offers import listed_plans_of, listed_services
from platform_sim.core.model.addons import Addon, AddonService, Plan, declared_vars, requires
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App
from platform_sim.core.model.lessons import LESSONS, Check, Course, Learned, Lesson
from platform_sim.core.model.records import Event
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.core.store.queries import NEWEST_WITH_CODE

LEARNING = "learning"
"""Kind of the event that a customer begins; its subject is the account."""
EXAMPLE = "acme"
"""Of docs/examples/addon-manifest.json: the service of lesson 7, whose partner is away. No other lesson suggests it."""
FIRST_CHOICE = ("database", "exceptions")
"""Services of the reference partner, the better one to begin with first: the sample app uses both."""
APP, SERVICE, ADDON = "APP", "SERVICE", "ADDON"
"""Stand for what is not there."""
NEED_ADDON = (3, 4, 5, 7)
"""Lessons, counted from 0, that are about an add-on of the app's own."""
NO_APP = (
    "There is no app yet. `platform-sim up --demo` (or `make up`) brings one with a partner; "
    "with a platform that runs already, see docs/your-own-app.md."
)
NO_SERVICE = (
    "No service is registered: `platform-sim up --demo` brings two, docs/your-own-partner.md tells how to add one."
)
NO_ADDON = "{app} has no add-on of its own: do lesson 1 first."


def begin_learning(tx: Transaction, actor: Actor) -> Event:
    """Mark a beginning: what was before does not count for this customer's lessons any more."""
    account = actor.account
    return tx.record(LEARNING, "create", account.id, account, {"email": account.email})


def course(rows: Snapshot, actor: Actor, at: Addresses, wanted: str | None = None) -> Course:
    """All lessons about the app `wanted`, else about the newest that runs code. NotFound for an app that is none."""
    mark = rows.find(Event, kind=LEARNING, subject_id=actor.account.id, order_by="seq", desc=True)
    begun = mark.created_at if mark else None
    app = app_named(rows, actor, wanted) if wanted else _usual_app(rows, actor)
    if app is None:
        checks = [Check(False, NO_APP)] * len(LESSONS)
        names = _names(at, None, None, None, ())
    else:
        story = Story(rows, app, mark.number if mark else 0)
        checks = _checked(story)
        services = [each for each in listed_services(rows, actor, strict=False) if each.state != "shutdown"]
        owned = rows.all(Addon, app_id=app.id, state=LIVE)
        addon = _usual_addon(owned, services, checks[0].addon_id)
        plans = listed_plans_of(rows, actor, services)
        service = _usual_service(services, owned, plans)
        names = _names(at, app, service, addon, plans.get(service.id, ()) if service else ())
        names |= _names_of_addon(addon, services, plans)
        checks = _with_what_lacks(checks, app, service, owned)
    learned = [Learned(_filled(rows, each, check, names), check) for each, check in zip(LESSONS, checks, strict=True)]
    return Course(app.name if app else None, begun, tuple(learned))


def _filled(rows: Snapshot, lesson: Lesson, check: Check, names: Mapping[str, str]) -> Lesson:
    """With names. What is not there has no page, so the one above it is linked; what is gone by now is named as it was:
    nobody should repeat the last lesson with what is left."""
    page = lesson.page
    if names["app"] == APP:
        page = "/dashboard/apps"
    elif names["service"] == SERVICE:
        page = page.replace("/{service}", "")
    if names["addon"] == ADDON:
        page = page.replace("/addons/{addon}", "/resources")
    if check.done and check.addon_id is not None and lesson.number == len(LESSONS):
        names = {**names, "addon": rows.get(Addon, check.addon_id).name}
        page = page.replace("{addon}", check.addon_id)
    return replace(lesson, page=page).filled(names)


def _checked(story: Story) -> list[Check]:
    """Each lesson from where the one before was completed; after the first that has not happened none counts."""
    found: list[Check] = []
    place = 0
    for number, look in enumerate(CHECKS, start=1):
        if found and not found[-1].done:
            first = next(n for n, each in enumerate(found, start=1) if not each.done)
            found.append(
                Check(False, f"What you do for lesson {number} counts once lesson {first} has happened: do that first.")
            )
            continue
        check = look(story, place)
        place = check.place
        found.append(check)
    return found


def _with_what_lacks(
    checks: Sequence[Check], app: App, service: AddonService | None, owned: Sequence[Addon]
) -> list[Check]:
    """Of the lesson that is next, what it needs and is not there, before anything else."""
    found = list(checks)
    open_one = next((number for number, check in enumerate(found) if not check.done), None)
    if open_one == 0 and service is None:
        found[0] = Check(False, NO_SERVICE)
    elif open_one in NEED_ADDON and not owned:
        found[open_one] = Check(False, NO_ADDON.format(app=app.name))
    return found


def _usual_app(rows: Snapshot, actor: Actor) -> App | None:
    found = rows.ask(NEWEST_WITH_CODE, ids=json.dumps(sorted(visible_app_ids(rows, actor))))
    return found[0] if found else None


def _usual_addon(owned: Sequence[Addon], services: Sequence[AddonService], learned: str | None) -> Addon | None:
    """The one of lesson 1; else the newest, and one of the example's only if there is no other."""
    example = {each.id for each in services if each.name == EXAMPLE}
    there = [each for each in owned if each.state == "provisioned"]
    ranked = sorted(there, key=lambda each: (each.id == learned, each.service_id not in example, each.created_at))
    return ranked[-1] if ranked else None


def _usual_service(
    services: Sequence[AddonService], owned: Sequence[Addon], plans: Mapping[str, Sequence[Plan]]
) -> AddonService | None:
    """One that the app does not have yet; else one that it may have again."""
    there = {each.service_id for each in owned}

    def rank(service: AddonService) -> tuple[bool, bool, int, str]:
        again = service.id in there
        place = FIRST_CHOICE.index(service.name) if service.name in FIRST_CHOICE else len(FIRST_CHOICE)
        return again and not requires(service.manifest, "many_per_app"), again, place, service.name

    sold = [each for each in services if plans[each.id] and each.name != EXAMPLE]
    return min(sold, key=rank, default=None)


def _names(
    at: Addresses, app: App | None, service: AddonService | None, addon: Addon | None, plans: Sequence[Plan]
) -> dict[str, str]:
    """What stands for the braces; where nothing is there, a word in capitals."""
    name = app.name if app else APP
    first = next((each for each in plans if each.is_default), plans[0] if plans else None)
    return {
        "app": name,
        "api": at.base,
        "web": at.web(name),
        "service": service.name if service else SERVICE,
        "plan": first.name if first else "PLAN",
        "addon": ADDON,
        "service_of_addon": SERVICE,
        "other_plan": "PLAN",
        "var": "SERVICE_URL",
    }


def _names_of_addon(
    addon: Addon | None, services: Sequence[AddonService], plans: Mapping[str, Sequence[Plan]]
) -> dict[str, str]:
    service = next((each for each in services if addon and each.id == addon.service_id), None)
    if addon is None or service is None:
        return {}
    known = plans[service.id]
    names = [each.name for each in known]
    now = next((number for number, each in enumerate(known) if each.id == addon.plan_id), -1)
    other = names[(now + 1) % len(names)] if len(names) > 1 else "PLAN"
    var = next(iter(declared_vars(service.manifest)), "SERVICE_URL")
    return {
        "addon": addon.name,
        "service_of_addon": service.name,
        "other_plan": f"{service.name}:{other}",
        "var": var,
    }
