"""Where the tarball of a source is: our own upload, or fetched from this machine. Nothing is fetched from elsewhere
(design §8)."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import requests

from platform_sim.core.model.apps import Source
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.masking import masked_url
from platform_sim.core.store import Database

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def find_tarball(database: Database, layout: Layout, address: str, key: str) -> Path:
    """The file behind a URL; it does not exist if nothing can be read there. `key` names what is fetched."""
    try:
        url = urlsplit(address)
    except ValueError:
        url = urlsplit("")  # no address at all
    # By its secret, not by host and port: the platform may have come back on another port.
    secret = url.path.removeprefix("/sources/")
    with database.snapshot() as rows:
        source = rows.find(Source, secret=secret) if url.hostname in LOOPBACK else None
    if source is not None:
        return layout.source(source.id)
    target = layout.source(f"fetched-{key}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if url.hostname in LOOPBACK:
        fetch(address, target, database.rules.source_size_limit)
    return target


def problem_of(tarball: Path, address: str, checksum: str | None) -> list[str]:
    """Why a source cannot be used, in lines for whoever asked; none if it is there and as it was announced."""
    if not tarball.exists():
        return [
            f"The source cannot be read from {masked_url(address.split('?')[0])}.",
            "Upload it to the put_url of POST /sources, or give a URL on this machine.",
        ]
    wanted = (checksum or "").lower()
    with tarball.open("rb") as file:
        found = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    if wanted and wanted != found:
        return [f"The source's checksum is {found}, but {wanted} was announced. Upload it again."]
    return []


def fetch(url: str, target: Path, limit: int) -> None:
    """Get a tarball from this machine, at most `limit` bytes. What fails leaves no file: the build says so."""
    size = 0
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.get(url, stream=True, timeout=30, allow_redirects=False) as answer:
                answer.raise_for_status()
                with target.open("wb") as file:
                    for chunk in answer.iter_content(64 * 1024):
                        size += len(chunk)
                        if size > limit:
                            raise requests.RequestException("too large")
                        file.write(chunk)
        except requests.RequestException:
            target.unlink(missing_ok=True)
