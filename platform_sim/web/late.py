"""What a door that has waited for a partner makes of the job's end."""

from platform_sim.core.errors import ProviderRefused, Unavailable
from platform_sim.core.model.records import Job


def raise_failure(job: Job) -> None:
    """The customer's error for what has been given up: a try that failed and comes back is not the end."""
    if job.state == "failed":
        message = str(job.outcome.get("message") or "The add-on's provider did not do what was asked.")
        raise (ProviderRefused if job.outcome.get("refused") else Unavailable)(message)
