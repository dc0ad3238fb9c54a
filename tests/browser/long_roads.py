"""A Tuesday's round of fourteen doors south of Bordeaux, with all that a visit can be for."""

from __future__ import annotations

import pytest
from flask import Flask

from collector.pickups.models import Purpose
from tests.browser.roads import Door, Road, built

COLLECTION, BLOOD = Purpose.COLLECTION, Purpose.BLOOD_SAMPLE

FOURTEEN = (
    Door(
        name="Dora",
        latitude=44.8065,
        longitude=-0.6312,
        line="12 avenue Pasteur, bât. C, appt 34",
        town="Pessac",
        access="Digicode 47B12, 3e étage gauche, l'ascenseur est en panne.",
        purposes=(COLLECTION, BLOOD),
        bottles=8,
        empties=6,
        call_first=True,
        note="Baby sleeps until ten: knock, do not ring.",
    ),
    Door(name="Elise", latitude=44.8050, longitude=-0.5950, town="Talence", bottles=3, empties=4),
    Door(name="Fanny", latitude=44.7722, longitude=-0.6127, town="Gradignan", bottles=12),
    Door(
        name="Gaëlle",
        latitude=44.7795,
        longitude=-0.5666,
        line="Résidence les Tilleuls",
        town="Villenave-d'Ornon",
        purposes=(Purpose.FIRST_INTERVIEW, Purpose.MATERIAL_DROP),
        bottles=0,
        empties=12,
    ),
    Door(name="Hana", latitude=44.8077, longitude=-0.5488, town="Bègles", bottles=5),
    Door(name="Inès", latitude=44.7563, longitude=-0.5330, town="Cadaujac", bottles=6),
    Door(name="Julie", latitude=44.7290, longitude=-0.5990, town="Léognan", bottles=9, empties=8),
    Door(
        name="Karine",
        latitude=44.7060,
        longitude=-0.5440,
        town="Martillac",
        purposes=(Purpose.PUMP_RETURN,),
        bottles=0,
    ),
    Door(name="Lou", latitude=44.6840, longitude=-0.5280, town="La Brède", bottles=4, empties=4),
    Door(name="Manon", latitude=44.6530, longitude=-0.5960, town="Saucats", bottles=7),
    Door(name="Nora", latitude=44.6080, longitude=-0.7700, town="Le Barp", bottles=10, empties=6),
    Door(name="Olga", latitude=44.7440, longitude=-0.6800, town="Cestas", bottles=2),
    Door(name="Paule", latitude=44.7640, longitude=-0.6560, town="Canéjan", bottles=6),
    Door(
        name="Maternité",
        latitude=44.7890,
        longitude=-0.6560,
        line="Hôpital Haut-Lévêque, porte 4",
        town="Pessac",
        purposes=(Purpose.WARD,),
        bottles=20,
    ),
)


@pytest.fixture
def long_road(server: tuple[Flask, str], language: str) -> Road:
    """Ana's round of tomorrow to fourteen doors."""
    return built(server, FOURTEEN, language=language, by_hand=True)
