"""The clock of a private Heroku."""

from datetime import datetime

from platform_sim.testing.questions import Questions


class Clock:
    """The platform's clock. What a partner does in its own time goes by the wall."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def now(self) -> datetime:
        """The platform's time."""
        return datetime.fromisoformat(self._questions.ask("GET", "/sim/status")["clock"]["now"])

    def freeze(self) -> None:
        """Stop time here."""
        self._questions.ask("POST", "/sim/clock/freeze", {})

    def resume(self) -> None:
        """Let time run on."""
        self._questions.ask("POST", "/sim/clock/resume", {})

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Move it forward at once, standing or running; what is due then is done in the background."""
        given = f"{days}d{hours}h{minutes}m{seconds}s"
        self._questions.ask("POST", "/sim/clock/advance", {"by": given})

    def run(self) -> None:
        """From one thing that is due to the next, until nothing waits: retries are all made."""
        self._questions.ask("POST", "/sim/clock/run", {"until": "idle"})
