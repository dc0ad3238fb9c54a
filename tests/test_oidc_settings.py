"""Settings of a hospital's sign-in provider: what is read, and which mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.config import SettingsError, settings_from


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ISSUER": "http://login.hospital.example"}, "MILKROUND_OIDC_ISSUER is no address"),
        (
            {"ISSUER": "https://login.hospital.example", "CLIENT_ID": "a"},
            "CLIENT_SECRET are missing",
        ),
        ({"EMAIL": "any"}, "MILKROUND_OIDC_EMAIL is 'any'"),
    ],
)
def test_mistakes_of_its_settings_are_told(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    environ = {f"MILKROUND_OIDC_{name}": text for name, text in given.items()}
    with pytest.raises(SettingsError, match=said):
        settings_from(environ | {"MILKROUND_HOME": str(tmp_path)})


def test_its_settings_are_read(tmp_path: Path) -> None:
    environ = {
        "MILKROUND_HOME": str(tmp_path),
        "MILKROUND_OIDC_ISSUER": "https://login.hospital.example/realms/staff/",
        "MILKROUND_OIDC_CLIENT_ID": "milkround",
        "MILKROUND_OIDC_CLIENT_SECRET": "hunter2 hunter2",
        "MILKROUND_OIDC_ACR": "urn:one urn:two",
    }
    found = settings_from(environ).oidc
    assert found is not None
    assert found.issuer == "https://login.hospital.example/realms/staff"
    assert found.strong == ("urn:one", "urn:two")
    assert "hunter2" not in repr(found)
