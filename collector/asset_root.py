"""Location of templates, built front end and migrations, in a checkout and in a wheel."""

from pathlib import Path


def asset_root() -> Path:
    """Return the folder of `templates/`, `static/` and `migrations/`."""
    package = Path(__file__).parent
    installed = package / "_house"
    return installed if installed.is_dir() else package.parent
