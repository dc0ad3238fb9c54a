"""A region is prepared in steps; a bad extract leaves the region in force alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.roads import preparation
from collector.roads.errors import PreparationError
from collector.roads.preparation import FOLDER, GRAPH, STREETS, prepare
from tests.tiny_roads import position, square


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["region", *words])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation of its own."""
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "home"


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return square(tmp_path / "town.osm.pbf", 5)


def folders(home: Path) -> list[Path]:
    return [path for path in (home / FOLDER).iterdir() if path.is_dir()]


def test_a_region_is_prepared_shown_and_removed(home: Path, extract: Path) -> None:
    assert "No region is prepared" in run("status").output
    made = run(str(extract))
    assert made.exit_code == 0, made.output
    assert "town.osm.pbf is in force: 36 junctions, 120 arcs, with a street map" in made.output
    (folder,) = folders(home)
    assert {file.name for file in folder.iterdir()} == {GRAPH, STREETS}
    assert "36 junctions" in run("status").output
    assert "The region was removed" in run("remove").output
    assert "No region is prepared" in run("status").output
    assert folders(home) == []
    assert "No region is prepared" in run("remove").output


@pytest.mark.parametrize("spoil", [b"", b"\x89PNG\r\n", "half", None])
def test_a_broken_extract_ends_with_2_and_a_sentence_and_the_old_region_stays(
    home: Path, extract: Path, tmp_path: Path, spoil: bytes | str | None
) -> None:
    run(str(extract))
    (folder,) = folders(home)
    wrong = tmp_path / "wrong.osm.pbf"
    if spoil is not None:
        whole = extract.read_bytes()
        wrong.write_bytes(spoil if isinstance(spoil, bytes) else whole[: len(whole) // 2])
    refused = run(str(wrong))
    assert refused.exit_code == 2
    assert "wrong.osm.pbf" in refused.output
    assert "The region in force is unchanged." in refused.output
    assert "Traceback" not in refused.output
    assert folders(home) == [folder]
    assert "town.osm.pbf" in run("status").output


def test_a_new_region_replaces_the_old_one_and_its_folder(home: Path, extract: Path) -> None:
    run(str(extract))
    (first,) = folders(home)
    assert run(str(square(extract.with_name("other.osm.pbf"), 3))).exit_code == 0
    (second,) = folders(home)
    assert second != first
    assert "other.osm.pbf" in run("status").output


@pytest.mark.usefixtures("home")
def test_bounds_leave_roads_out_and_wrong_bounds_are_refused(extract: Path) -> None:
    (south, west), (north, east) = position((-0.5, -0.5)), position((2.5, 2.5))
    assert run(str(extract), "--bounds", f"{west},{south},{east},{north}").exit_code == 0
    assert "9 junctions" in run("status").output
    for bounds in ("1,2,3", "a,b,c,d", "3,1,2,2", "0,0,0,0"):
        assert run(str(extract), "--bounds", bounds).exit_code == 2


def test_an_interrupted_preparation_goes_on_after_its_last_complete_step(
    tmp_path: Path, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(preparation, "write_tiles", interrupted)
        with pytest.raises(KeyboardInterrupt):
            prepare(extract, tmp_path)
    monkeypatch.setattr(preparation, "read_extract", interrupted)
    steps: list[str] = []
    found = prepare(extract, tmp_path, tell=steps.append)
    assert steps == ["read", "order", "features", "streets"]
    assert found.junctions == 36


def test_a_second_preparation_at_the_same_time_is_refused(tmp_path: Path, extract: Path) -> None:
    refused: list[str] = []

    def tell(step: str) -> None:
        if step == "order":
            with pytest.raises(PreparationError, match="another preparation runs") as caught:
                prepare(extract, tmp_path)
            refused.append(str(caught.value))

    prepare(extract, tmp_path, tell=tell)
    assert len(refused) == 1


def test_a_full_disk_is_told_before_anything_is_written(
    tmp_path: Path, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "DISK_PER_BYTE", 10**15)
    with pytest.raises(PreparationError, match="the disk has"):
        prepare(extract, tmp_path / "home")
    assert not (tmp_path / "home" / FOLDER).exists()


def test_a_damaged_region_is_told_by_its_status(home: Path, extract: Path) -> None:
    run(str(extract))
    (folder,) = folders(home)
    (folder / GRAPH).write_bytes(b"damaged")
    status = run("status")
    assert status.exit_code == 1
    assert "roads.npz is damaged" in status.output
    assert run(str(extract)).exit_code == 0
    assert run("status").exit_code == 0
