"""What is installed here, packed again as wheels: apps that need the same packages are built without a network."""

import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_OF_THIS_INSTALLATION = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


SAMPLE_APP = Path(__file__).parents[2] / "sample_app" / "requirements.txt"


def offline(folder: Path) -> dict[str, str]:
    """The variables under which the sample app is built from wheels in `folder`, made now, and from nowhere else.

    What the app asks for is in our own development extra.
    """
    house = str(wheelhouse(folder, SAMPLE_APP.read_text().splitlines()))
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": house, "UV_NO_INDEX": "1", "UV_FIND_LINKS": house}


def wheelhouse(folder: Path, lines: Iterable[str]) -> Path:
    """A folder with a wheel of each package that a requirements file asks for, and of all that they need."""
    folder.mkdir()
    waiting = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    packed, done = set(), set()
    while waiting:
        wish = waiting.pop()
        name = canonicalize_name(wish.name)
        found = distribution(name)
        if name not in packed:
            packed.add(name)
            _pack(found, folder)
        for extra in {"", *wish.extras}:
            if (name, extra) not in done:
                done.add((name, extra))
                more = (Requirement(line) for line in found.requires or ())
                waiting += [each for each in more if each.marker is None or each.marker.evaluate({"extra": extra})]
    return folder


def _pack(found: Distribution, folder: Path) -> None:
    name = found.name.replace("-", "_")
    tag = next(
        line.partition(":")[2].strip() for line in (found.read_text("WHEEL") or "").splitlines() if "Tag:" in line
    )
    kept = [
        file
        for file in found.files or ()
        if ".." not in file.parts and "__pycache__" not in file.parts and file.name not in _OF_THIS_INSTALLATION
    ]
    info = next(file.parent for file in kept if file.name == "METADATA")
    with zipfile.ZipFile(folder / f"{name}-{found.version}-{tag}.whl", "w") as wheel:
        for file in kept:
            wheel.write(str(file.locate()), str(file))
        record = f"{info}/RECORD"
        wheel.writestr(record, "".join(f"{file},,\n" for file in [*kept, record]))
