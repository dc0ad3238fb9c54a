"""Tests of the cache folder of compiled code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import routing
from routing.compiled import UnsafeCacheError, private_folder

SHOW_CACHE_PATH = "from routing.timing.accessors import seconds as f; print(f._cache.cache_path)"


def _cache_path(checkout: Path) -> str:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_CACHE_PATH],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout


def test_two_checkouts_of_the_same_sources_share_their_compiled_code(tmp_path: Path) -> None:
    here = Path(routing.__file__).parent
    shutil.copytree(here, tmp_path / "routing", ignore=shutil.ignore_patterns("__pycache__"))

    assert _cache_path(tmp_path) == _cache_path(here.parent)


def test_a_change_of_any_compiled_source_starts_a_new_folder(tmp_path: Path) -> None:
    here = Path(routing.__file__).parent
    shutil.copytree(here, tmp_path / "routing", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "routing/kernel/memory_layout.py").open("a") as source:
        source.write("# A change.\n")

    assert _cache_path(tmp_path) != _cache_path(here.parent)


def test_a_new_cache_folder_is_open_to_its_user_alone(tmp_path: Path) -> None:
    assert private_folder(tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_cache_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    with pytest.raises(UnsafeCacheError, match="no one else can write"):
        private_folder(tmp_path)


def test_a_link_in_place_of_the_cache_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    with pytest.raises(UnsafeCacheError):
        private_folder(tmp_path / "link")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_a_cache_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)

    with pytest.raises(UnsafeCacheError):
        private_folder(tmp_path)
