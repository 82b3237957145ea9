"""Signs in at a partner in place of a browser, for the SSO lab: one experiment, and what came of it on the row."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from platform_sim.core.actions import exchanges, jobs
from platform_sim.core.actions.sso_lab import Login, experiment_of, login_of
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.records import Job
from platform_sim.core.model.sso_lab import Experiment, judge
from platform_sim.engines.partner_calls.office import Mask, Office, Sent
from platform_sim.partners.client import Call, PartnerClient
from platform_sim.partners.manifest import sso_target
from platform_sim.partners.sso_answer import (
    cookie_header,
    judged_status,
    led_to,
    masked_login,
    masked_look,
    stays_here,
    told,
)

INTERRUPTED = "The platform was stopped while the partner was asked. Press the button again."


def sso_login(office: Office, job: Job) -> None:
    """The only attempt: who has pressed the button sees that it was cut off, and presses it again."""
    if job.attempts > 1:
        _fail(office, job, INTERRUPTED)
        return
    try:
        with office.database.snapshot() as rows:
            login = login_of(rows, job, sso_target)
    except InvalidParams as problem:
        _fail(office, job, problem.message)
        return
    experiment = experiment_of(job)
    outcome = _tried(office, job, login, experiment)
    with office.database.transaction(job.cause_id) as tx:
        jobs.finish(tx, job, outcome)


def _tried(office: Office, job: Job, login: Login, experiment: Experiment) -> dict[str, Any]:
    sent: list[Sent] = []
    answers: list[dict[str, Any]] = []
    mask = partial(masked_login, known=login.secrets)
    for _ in range(experiment.times):
        call = _exchanged(office, job, lambda client: client.sign_in(login.target, login.fields), mask)
        sent.append(call)
        answers.append(told(call.answer, mask(call.request, call.answer)))
        if judged_status(call.answer) is None:
            break
    landed, why_not = _landed(office, job, login, sent[-1])
    answers[-1] |= {"landed": landed, "why_not": why_not}
    verdict, sentence = judge(experiment, [judged_status(each.answer) for each in sent], landed)
    if verdict == "none" and answers[-1]["problem"]:
        sentence = f"The partner {answers[-1]['problem']}. {sentence}"
    return {"verdict": verdict, "message": sentence, "answers": answers, "method": sent[0].request.method}


def _landed(office: Office, job: Job, login: Login, call: Sent) -> tuple[int | None, str]:
    """The status of the page to which a login has led, or why it was not looked at."""
    url = led_to(call.request, call.answer)
    if url is None:
        return None, ""
    if not stays_here(call.request, url):
        return None, "Not followed: only from this machine to this machine is a redirect followed."
    mask = partial(masked_look, known=login.secrets)
    cookie = cookie_header(call.answer)
    page = _exchanged(office, job, lambda client: client.look(url, cookie), mask)
    status = judged_status(page.answer)
    return status, "" if status is not None else "Followed once, without an answer."


def _exchanged(office: Office, job: Job, ask: Callable[[PartnerClient], Call], mask: Mask) -> Sent:
    """One exchange, in the ledger with its answer."""
    call = office.sent(job, ask, job.payload["addon_id"], mask)
    with office.database.transaction(call.exchange_id) as tx:
        exchanges.end(tx, call.exchange_id, **asdict(mask(call.request, call.answer)))
    return call


def _fail(office: Office, job: Job, message: str) -> None:
    outcome = {"verdict": "none", "message": message, "answers": []}
    with office.database.transaction(job.cause_id) as tx:
        jobs.finish(tx, job, outcome, failed=True)
