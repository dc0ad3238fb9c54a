"""How much a phone has to fetch: the built files as they travel, compressed."""

from __future__ import annotations

import gzip

import pytest

from collector.web.framework.assets import dist_folder, manifest

KB = 1000


def travels(name: str) -> int:
    return len(gzip.compress((dist_folder() / name).read_bytes(), compresslevel=9))


def test_everything_that_a_phone_may_run_fits_into_sixty_kilobytes() -> None:
    programs = [manifest()["js/phone.js"], manifest()["js/scanner.js"], "service-worker.js"]
    assert sum(map(travels, programs)) <= 60 * KB


@pytest.mark.parametrize("name", ["js/phone.js", "css/phone.css", "wasm/zxing_reader.wasm"])
def test_what_was_compressed_when_it_was_built_is_what_was_built(name: str) -> None:
    built = dist_folder() / manifest()[name]
    for_the_road = built.with_name(f"{built.name}.gz")
    assert gzip.decompress(for_the_road.read_bytes()) == built.read_bytes()
