"""The lessons of `platform-sim learn` and `/dashboard/learn`: their words, once, for both. Pure values.

Names in braces are filled in from what is there: `{app}`, `{addon}`, `{service}`, `{plan}`, `{other_plan}`, `{var}`,
`{api}` and `{web}` (the platform's address and the app's).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Lesson:
    """What stands in one lesson, before any names are filled in."""

    number: int
    title: str
    text: tuple[str, ...]
    commands: tuple[str, ...]
    """To be typed one after the other, each a line."""
    then: str
    """What to do beside it, or after it; empty if nothing."""
    clicks: str
    """The same in the dashboard, in words."""
    page: str
    """Where: a path of the dashboard, or an address."""
    question: str
    trial: str
    """A command with which to try it."""
    answer: str

    def filled(self, names: Mapping[str, str]) -> "Lesson":
        """With names instead of braces."""
        return replace(
            self,
            text=tuple(each.format_map(names) for each in self.text),
            commands=tuple(each.format_map(names) for each in self.commands),
            then=self.then.format_map(names),
            clicks=self.clicks.format_map(names),
            page=self.page.format_map(names),
            question=self.question.format_map(names),
            trial=self.trial.format_map(names),
            answer=self.answer.format_map(names),
        )


@dataclass(frozen=True)
class Check:
    """What was found of a lesson. `place`: the number of the event from which on the next lesson counts."""

    done: bool
    says: str
    at: datetime | None = None
    place: int = 0
    addon_id: str | None = None
    """The add-on that it was about."""


@dataclass(frozen=True)
class Learned:
    """A lesson for somebody, with what was found of it."""

    lesson: Lesson
    check: Check


@dataclass(frozen=True)
class Course:
    """All lessons for somebody and one app. `begun`: when the beginning was marked; None: it never was."""

    app: str | None
    begun: datetime | None
    learned: tuple[Learned, ...]

    @property
    def next(self) -> int | None:
        """The first lesson that has not happened; None after the last."""
        return next((each.lesson.number for each in self.learned if not each.check.done), None)


LESSONS = (
    Lesson(
        1,
        "Provision: add an add-on",
        (
            "A customer chooses a service and a plan. The platform sends the partner POST /heroku/resources, with a "
            "uuid and a grant for tokens.",
            "The partner answers 200 with the config of a new resource; or 202 if it takes longer, and then says "
            "actions/provision later.",
            "Only then does the app get the config vars, in one new release.",
            "What is on this platform already does not count: add one yourself.",
        ),
        ("platform-sim heroku addons:create {service}:{plan} -a {app} --wait",),
        "",
        "In the marketplace, install {service} on {app}.",
        "/dashboard/marketplace/{service}?app={app}",
        "Who has chosen the uuid, the platform or the partner, and why? Look at the first call.",
        "platform-sim exchanges --addon {addon}",
        "The platform. So it can send a request again whose answer got lost: the same uuid is the same resource, and "
        "the partner makes it only once. The partner's own id is in its answer.",
    ),
    Lesson(
        2,
        "Config and restart: every change is a release",
        (
            "A release is a slug with config vars. Setting a config var makes a new release with the same slug; if "
            "the app has a release command, it runs first.",
            "Nobody tells the dynos. They run another release than the current one, so each is replaced: SIGTERM, "
            "after 30 seconds SIGKILL, and a new one with the new environment.",
            "Requests wait until the new web dyno listens.",
        ),
        ('platform-sim heroku config:set GREETING="hello, $(date +%T)" -a {app}',),
        "",
        "In the settings of {app}, set a config var.",
        "/dashboard/apps/{app}/settings",
        "Set a variable to the value that it has already: how many releases does that make?",
        "platform-sim heroku config:set GREETING=hi -a {app} && platform-sim heroku config:set GREETING=hi -a {app}",
        "One. What is as it was makes no release, and nothing restarts.",
    ),
    Lesson(
        3,
        "Consume: the app uses the add-on",
        (
            "All that the app knows of its add-on is a config var, here {var}. It holds address and credential in one.",
            "App and partner talk directly with each other. The platform is not between them and sees nothing of it.",
            "What the platform sees is the visitor: its router passes the request to a dyno of the current release.",
        ),
        ("curl -sI {web}",),
        "",
        "Open {app}: the sample app writes and reads through its add-ons there.",
        "{web}",
        "Does the worker use the add-on as well, which nobody visits?",
        "platform-sim logs -a {app} --dyno worker",
        "Yes: every dyno of a release has the same environment, so the sample app's worker writes through the same "
        "URL as the web dyno.",
    ),
    Lesson(
        4,
        "Rotate: the partner rolls the credentials",
        (
            "A credential should not live for ever; the partner decides when to roll it.",
            "It makes a new one and sends PATCH /addons/UUID/config, with the token of this one add-on.",
            "Each attached app whose vars change gets a release in the partner's name, and restarts, without a release "
            "command.",
            "The old credential works on for a while, here an hour: so no dyno is cut off in between.",
        ),
        ("platform-sim heroku addons:open {addon} -a {app}",),
        "On the page that opens, press Rotate credentials. (That is the reference partner's dashboard; a partner of "
        "your own rolls them in its own way.)",
        "Open the dashboard of {addon} and press Rotate credentials there.",
        "/dashboard/apps/{app}/addons/{addon}",
        "Whose release is it, yours or the partner's?",
        "platform-sim heroku releases -a {app}",
        "The partner's: SERVICE@addons.heroku.com. It may change only the vars that its manifest declares, and only "
        "of its own add-on.",
    ),
    Lesson(
        5,
        "Plan change: nothing switches before the partner says yes",
        (
            "A plan is what the customer pays for. Asking for another one sends the partner "
            "PUT /heroku/resources/UUID with the plan's name.",
            "The platform waits for the answer. With a yes the plan is switched; config in the answer is set, in a "
            "release.",
            "With a no everything stays as it is, and the customer reads why.",
        ),
        ("platform-sim heroku addons:upgrade {addon} {other_plan} -a {app}",),
        "",
        "On the page of {addon}, choose another plan.",
        "/dashboard/apps/{app}/addons/{addon}",
        "Ask for a plan that there is not. What does the partner hear of it?",
        "platform-sim heroku addons:upgrade {addon} {service_of_addon}:gold -a {app}; "
        "platform-sim exchanges --addon {addon}",
        "Nothing. The platform knows the plans itself and refuses what is none of them.",
    ),
    Lesson(
        6,
        "SSO: into the partner's dashboard without a password",
        (
            "The customer has no account at the partner. A link of the platform leads to a form that posts itself "
            "to the partner.",
            "It says who the user is, which resource, and when; and it has a token that only somebody with the "
            "manifest's sso_salt can make.",
            "The browser carries the form; the platform calls nobody. The partner checks token and age, and lets the "
            "user in.",
        ),
        ("platform-sim heroku addons:open {addon} -a {app}",),
        "With --show-url the link is printed, for a browser that you open yourself.",
        "On the page of {addon}, press Open the add-on's dashboard.",
        "/dashboard/apps/{app}/addons/{addon}",
        "Which fields does the form have, and is the salt among them?",
        'curl -s "$(platform-sim heroku addons:open {addon} -a {app} --show-url)"',
        "resource_id, timestamp, resource_token, email and more, but no salt: the token is a hash of id, salt and "
        "time. The partner computes it again, compares, and refuses what is older than five minutes.",
    ),
    Lesson(
        7,
        "Failure and retry: asked again, made once",
        (
            "When a partner does not answer in time, or its answer gets lost, nobody knows if there is a resource.",
            "So the platform asks again, with the same uuid and the same bytes. A partner that knows the uuid already "
            "answers with the resource that it has: it is adopted, not made twice.",
            "After the last attempt (the third, unless set otherwise) nothing is installed; if the partner may have "
            "made something all the same, it is sent a DELETE until it acknowledges.",
            "Here it is a harmless case of that: the partner acme starts a second after the order, so that the first "
            "call reaches nobody.",
        ),
        (
            "platform-sim addons register docs/examples/addon-manifest.json --client-secret-out client-secret",
            "(sleep 1; CLIENT_SECRET=$(cat client-secret) HEROKU_API_URL={api} exec python3 "
            "docs/examples/partner_stdlib.py) > partner.log 2>&1 & platform-sim heroku addons:create acme -a {app}",
        ),
        "Type this in the project's folder, each as one line. The order is given while acme is away and taken at the "
        "second or third attempt. acme then runs until you type `kill %1`, or close this terminal. "
        "(An acme that {app} has already must be destroyed first.)",
        "With a click you would come too late; look at the add-ons of {app} here afterwards.",
        "/dashboard/apps/{app}/resources",
        "Was it one uuid that the platform sent, or a new one each time?",
        "platform-sim exchanges --addon acme",
        "One: the calls that reached nobody have the same uuid and the same body as the one that was answered. Only so "
        "is asking again safe.",
    ),
    Lesson(
        8,
        "Deprovision: gone, and acknowledged",
        (
            "Destroying an add-on takes its vars from every app that it is attached to, with a release each. The "
            "add-on is `deprovisioning`.",
            "The partner gets DELETE /heroku/resources/UUID, again and again with longer waits, until it says 204, or "
            "410 for what is gone already.",
            "Then its tokens are worth nothing, and this uuid never lives again.",
        ),
        ("platform-sim heroku addons:destroy {addon} -a {app} --confirm {app}",),
        "",
        "On the page of {addon}, type its name to destroy it.",
        "/dashboard/apps/{app}/addons/{addon}",
        "Stop the partner acme of lesson 7, and destroy its add-on: what becomes of it? (The command waits for "
        "half a minute.)",
        "kill %1; platform-sim heroku addons:destroy acme -a {app} --confirm {app}",
        "It stays `deprovisioning`, and the DELETE is sent again after 1, 2, 4 and more seconds, an hour at most: "
        "platform-sim timeline --last. Start acme again (`CLIENT_SECRET=$(cat client-secret) HEROKU_API_URL={api} "
        "python3 docs/examples/partner_stdlib.py`): the next DELETE is acknowledged, and the add-on is gone.",
    ),
)
