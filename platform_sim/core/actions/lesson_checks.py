"""Whether each lesson has happened: a function a lesson, from the story of an app. See `Check` for what they answer.

Each looks beyond a place only: what the lesson before was completed with. They say what they found, or what is missing.
"""

import re
from collections.abc import Callable

from platform_sim.core.actions.lesson_story import Story, answer_of, clock, joined
from platform_sim.core.actions.sso import SSO
from platform_sim.core.model.lessons import Check
from platform_sim.core.model.records import Event

BY_PARTNER = re.compile(r"Update .+ by ([^ ]+)")
"""Description of the release that a partner's new config makes (core/actions/addons_outcome.py)."""
BY_CUSTOMER = re.compile(r"(Set|Remove) .+ config vars")
"""Description of the release that a customer's change of config vars makes (core/actions/config_vars.py)."""
Look = Callable[[Story, int], Check]


def provisioned(story: Story, after: int) -> Check:
    """An add-on was ordered, and its partner has made it."""
    says = f"No add-on was added to {story.app.name} since you began: type the command."
    for order in story.facts("addon", "create", after):
        name, told = order.data["name"], story.of_addon(order.subject_id)
        ready = next((each for each in told if _became(each, "provisioned", "provisioning")), None)
        if ready is not None:
            return Check(True, _is_there(story, order, ready), ready.created_at, ready.number, order.subject_id)
        gone = next((each for each in told if each.action == "destroy"), None)
        if gone is None:
            says = f"{name} was ordered at {clock(order.created_at)} and is still provisioning: look again in a moment."
        else:
            reason = gone.data.get("reason", "It was destroyed before its partner had made it.")
            says = f"{name} was ordered at {clock(order.created_at)}, but: {reason}"
    return Check(False, says)


def _is_there(story: Story, order: Event, ready: Event) -> str:
    answers = [answer_of(each) for each in story.calls(order.subject_id, "POST")]
    releases = [f"v{each.data['version']}" for each in story.caused_with(ready, "release")]
    said = f"{ready.data['name']} was ordered at {clock(order.created_at)}"
    said += f", its partner answered {answers[-1]}" if answers else ""
    said += f". It has been provisioned since {clock(ready.created_at)}"
    if not releases:
        return f"{said}."
    return f"{said}; {'release' if len(releases) == 1 else 'releases'} {joined(releases)} came with it."


def restarted(story: Story, after: int) -> Check:
    """A customer has changed a var of the app's own, and dynos are up with that release."""
    says = "No config var was set since the lesson before: type the command."
    for release in story.facts("release", "create", after):
        if BY_CUSTOMER.fullmatch(release.data["description"]) is None:
            continue
        about, restart = _release(release), story.restart(release)
        if restart.waits:
            says = f"{about} is there, but {restart.waits}."
        # A customer may give any description to a release: what has changed, its config says.
        elif names := sorted(story.config_change(release)[0]):
            said = f"{about} has {joined(names)} changed; {joined(restart.names)} restarted with it."
            return Check(True, said, release.created_at, release.number)
    return Check(False, says)


def consumed(story: Story, after: int) -> Check:
    """A release that has an add-on's vars has answered a request."""
    says = "The current release has answered no request yet: type the command, or open the app in a browser."
    for served in story.facts("first-request", "create", after):
        version, status = served.data["version"], served.data["status"]
        names = story.addon_vars(served.subject_id)
        answer = f"Release v{version} answered its first request with {status} at {clock(served.created_at)}"
        if not names:
            says = f"{answer}, but it has no config var of an add-on: add one first."
        elif status >= 500:
            says = f"{answer}: look into the app's log, mend it, and make another release, for example with config:set."
        else:
            own = f"its dynos know their add-ons by {joined(names)}"
            return Check(True, f"{answer}; {own}.", served.created_at, served.number)
    return Check(False, says)


def rotated(story: Story, after: int) -> Check:
    """A partner, by itself, has changed the value of a var that an app had already, and dynos are up with that."""
    says = "No partner has changed its config since the lesson before: press Rotate credentials in its dashboard."
    for release in story.facts("release", "create", after):
        service = BY_PARTNER.fullmatch(release.data["description"])
        if service is None or release.actor_email != f"{service[1]}@addons.heroku.com":
            continue
        # A change of plan may bring config as well: then the add-on has changed for the same reason.
        if story.caused_with(release, "addon"):
            continue
        about, restart = _release(release), story.restart(release)
        if restart.waits:
            says = f"{about} is there, but {restart.waits}."
        elif names := sorted(story.config_change(release)[1]):
            said = f"{about} has a new value of {joined(names)}; {joined(restart.names)} restarted with it."
            return Check(True, said, release.created_at, release.number)
    return Check(False, says)


def plan_changed(story: Story, after: int) -> Check:
    """The partner has said yes to another plan."""
    for change in story.facts("addon", "update", after):
        before = change.previous.get("plan")
        if before is not None and before != change.data["plan"]:
            said = f"{change.data['name']} went from {before} to {change.data['plan']} at {clock(change.created_at)}"
            puts = [answer_of(each) for each in story.calls(change.subject_id, "PUT")]
            said += f"; the partner answered the PUT with {puts[-1]}." if puts else "."
            return Check(True, said, change.created_at, change.number, change.subject_id)
    jobs = [job for addon in story.addons.values() if (job := story.job("change_plan", addon.id)) is not None]
    refused = [str(job.outcome.get("message")) for job in jobs if job.state == "failed"]
    lately = f" Its partner said no to the last wish: {refused[-1]}" if refused else ""
    return Check(False, f"No plan has changed since the lesson before: type the command.{lately}")


def signed_in(story: Story, after: int) -> Check:
    """A browser was handed a signed form."""
    for entry in story.facts(SSO, "create", after):
        said = (
            f"At {clock(entry.created_at)} a browser took a signed form for {entry.data['name']} along, as "
            f"{entry.data['email']}. Whether it was let in, the partner's page says: the platform does not hear of it."
        )
        return Check(True, said, entry.created_at, entry.number, entry.addon_id)
    says = "Nobody has opened an add-on's dashboard by its link since the lesson before: type the command."
    return Check(False, says)


def retried(story: Story, after: int) -> Check:
    """An order whose outcome nobody knew at first was repeated, and then fulfilled."""
    says = "No order was repeated since the lesson before: type the commands."
    for order in story.facts("addon", "create", after):
        name, told = order.data["name"], story.of_addon(order.subject_id)
        job, calls = story.job("provision", order.subject_id), story.calls(order.subject_id, "POST")
        ready = next((each for each in told if _became(each, "provisioned", "provisioning")), None)
        gone = next((each for each in told if each.action == "destroy"), None)
        tries = joined([answer_of(each) for each in calls])
        if ready is not None and job is not None and job.attempts > 1:
            said = (
                f"{name} was asked for {job.attempts} times with the uuid {order.subject_id}: {tries}. "
                f"It has been provisioned since {clock(ready.created_at)}."
            )
            return Check(True, said, ready.created_at, ready.number, order.subject_id)
        if ready is not None and gone is None:
            says = (
                f"{name} was there at the first attempt: its partner runs already. Destroy it (platform-sim heroku "
                f"addons:destroy {name} --confirm {story.app.name}), stop the partner (kill %1), and type the last "
                "command again, as one line."
            )
        elif ready is not None:
            says = "The last add-on came at the first attempt: stop its partner (kill %1) and type the last command."
        elif gone is not None and job is not None:
            says = f"{name} was asked for {job.attempts} times and given up: {tries}. Type the last command again."
        else:
            says = f"{name} is being asked for: {tries}. Look again in a moment."
    return Check(False, says)


def deprovisioned(story: Story, after: int) -> Check:
    """A customer's wish that an add-on goes was acknowledged by its partner."""
    for end in story.facts("addon", "destroy", after):
        if end.previous.get("state") == "deprovisioning":
            deletes = story.calls(end.subject_id, "DELETE")
            said = f"{end.data['name']} has been gone since {clock(end.created_at)}"
            if deletes:
                times = "" if len(deletes) == 1 else f" after {len(deletes)} attempts"
                said += f"; the partner answered the DELETE with {answer_of(deletes[-1])}{times}."
            return Check(True, said, end.created_at, end.number, end.subject_id)
    for going in story.facts("addon", "update", after):
        if going.data["state"] == "deprovisioning":
            tries = joined([answer_of(each) for each in story.calls(going.subject_id, "DELETE")][-3:])
            said = f"{going.data['name']} is deprovisioning: its partner has not acknowledged the DELETE yet"
            return Check(False, f"{said} (the last answers: {tries})." if tries else f"{said}.")
    return Check(False, "No add-on was destroyed since the lesson before: type the command.")


def _became(event: Event, state: str, before: str) -> bool:
    return event.action == "update" and event.data["state"] == state and event.previous.get("state") == before


def _release(event: Event) -> str:
    """`Release v7 by exceptions@addons.heroku.com at 12:03:10`."""
    return f"Release v{event.data['version']} by {event.actor_email} at {clock(event.created_at)}"


CHECKS: tuple[Look, ...] = (
    provisioned,
    restarted,
    consumed,
    rotated,
    plan_changed,
    signed_in,
    retried,
    deprovisioned,
)
"""In the order of the lessons."""
