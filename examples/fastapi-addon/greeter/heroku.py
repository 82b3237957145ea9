"""What the service asks of Heroku: tokens for a grant, and new config vars for an app."""

import httpx
from fastapi import HTTPException

from greeter.store import Greeting


class Heroku:
    """The Platform API and the id host, at one address."""

    def __init__(self, client: httpx.AsyncClient, url: str, client_secret: str) -> None:
        self._client, self._url, self._secret = client, url, client_secret
        # At Heroku tokens come from a host of their own.
        self._identity = "https://id.heroku.com" if url == "https://api.heroku.com" else url

    async def exchange(self, code: str) -> str:
        """The refresh token of a new resource."""
        return await self._token("refresh_token", grant_type="authorization_code", code=code)

    async def set_config(self, greeting: Greeting, config: dict[str, str]) -> None:
        """The app is restarted with it."""
        token = await self._token("access_token", grant_type="refresh_token", refresh_token=greeting.refresh_token)
        answer = await self._client.patch(
            f"{self._url}/addons/{greeting.uuid}/config",
            json={"config": [{"name": name, "value": value} for name, value in config.items()]},
            headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.heroku+json; version=3"},
        )
        answer.raise_for_status()

    async def _token(self, wanted: str, **grant: str) -> str:
        answer = await self._client.post(f"{self._identity}/oauth/token", data=grant | {"client_secret": self._secret})
        if answer.is_error:
            raise HTTPException(503, "Try again later.")
        return answer.json()[wanted]
