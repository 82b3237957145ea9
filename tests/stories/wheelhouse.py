"""What is installed here, packed again as wheels: apps that need the same packages are built without a network."""

import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_OF_THIS_INSTALLATION = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def offline(folder: Path) -> dict[str, str]:
    """The variables under which the sample app is built from wheels in `folder`, made now, and from nowhere else."""
    house = str(wheelhouse(folder, "flask", "waitress"))
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": house, "UV_NO_INDEX": "1", "UV_FIND_LINKS": house}


def wheelhouse(folder: Path, *names: str) -> Path:
    """A folder with a wheel of each package and of all that they need."""
    folder.mkdir()
    waiting, done = list(names), set()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in done:
            done.add(name)
            found = distribution(name)
            _pack(found, folder)
            waiting += [wish.name for line in found.requires or () if _is_meant(wish := Requirement(line))]
    return folder


def _is_meant(wish: Requirement) -> bool:
    return wish.marker is None or wish.marker.evaluate({"extra": ""})


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
