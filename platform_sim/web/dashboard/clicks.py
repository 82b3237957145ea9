"""What a person does in the browser goes into the ledger as the API's calls do, as a customer's (docs/timeline.md).

Of a form only the names of its fields are kept: values may be secrets.
"""

from contextlib import ExitStack

from flask import Flask, Response, g, request

from platform_sim.core.actions.exchanges import CUSTOMER, Incoming
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.masking import HIDDEN
from platform_sim.core.model.outlines import outlined_headers
from platform_sim.core.store import Database
from platform_sim.web.dashboard.desk import Desk
from platform_sim.web.dashboard.guard import FIELD
from platform_sim.web.stopwatch import stopwatch


class Click:
    """A form that is being answered."""

    def __init__(self, desk: Desk, account: Account) -> None:
        app = (request.view_args or {}).get("name") if "/apps/" in request.path else None
        fields = "&".join(f"{name[:60]}={HIDDEN}" for name in list(request.form)[:40] if name != FIELD)
        self.entry = Incoming(
            party=CUSTOMER,
            method=request.method,
            url=desk.doors.addresses.base + request.path,
            headers=outlined_headers(request.headers.get),
            body=lambda: fields,
            elapsed=stopwatch(),
            actor_email=account.email,
            app=app,
        )
        self._database: Database = desk.doors.database
        self._stack = ExitStack()
        self._stack.enter_context(self._database.on_behalf_of(self.entry))

    def ends(self) -> None:
        """What the thread writes from here on has other causes."""
        self._stack.close()
        if self.entry.is_known and not self.entry.is_complete:
            with self._database.transaction(self.entry.cause_id) as tx:
                self.entry.write(tx)


def begin_click(desk: Desk, account: Account) -> None:
    """A form has been found to be one of ours."""
    g.click = Click(desk, account)


def end_clicks(app: Flask) -> None:
    """Once they are answered, whatever became of them."""

    @app.after_request
    def answered(answer: Response) -> Response:
        if "click" in g:
            g.click.entry.answered(answer.status_code)
        return answer

    @app.teardown_request
    def over(_: BaseException | None) -> None:
        click: Click | None = g.pop("click", None)
        if click is not None:
            click.ends()
