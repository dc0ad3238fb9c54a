"""Communes of the demonstration in Gironde and Landes.

The coordinates are those of the town halls, in WGS 84 degrees to two or three decimals; a test
compares them with the national postcode base where it is at hand.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """A commune: name, postcode and position of the town hall."""

    name: str
    postcode: str
    latitude: float
    longitude: float


PESSAC = Town("Pessac", "33600", 44.785, -0.660)
"""The milk bank: Haut-Lévêque hospital, at the western end of the commune."""

MONT_DE_MARSAN = Town("Mont-de-Marsan", "40000", 43.890, -0.501)
LIBOURNE = Town("Libourne", "33500", 44.915, -0.244)
SAINT_SEVER = Town("Saint-Sever", "40500", 43.758, -0.573)

AROUND_BORDEAUX = (
    Town("Bordeaux", "33000", 44.838, -0.579),
    Town("Mérignac", "33700", 44.842, -0.646),
    Town("Talence", "33400", 44.809, -0.592),
    Town("Bègles", "33130", 44.809, -0.548),
    Town("Villenave-d'Ornon", "33140", 44.773, -0.566),
    Town("Gradignan", "33170", 44.772, -0.614),
    Town("Cestas", "33610", 44.745, -0.683),
    Town("Canéjan", "33610", 44.764, -0.653),
    Town("Léognan", "33850", 44.735, -0.600),
    Town("Le Bouscat", "33110", 44.865, -0.596),
    Town("Eysines", "33320", 44.884, -0.650),
    Town("Blanquefort", "33290", 44.911, -0.637),
    Town("Saint-Médard-en-Jalles", "33160", 44.896, -0.718),
    Town("Lormont", "33310", 44.879, -0.522),
    Town("Cenon", "33150", 44.857, -0.532),
    Town("Floirac", "33270", 44.837, -0.528),
    Town("Ambarès-et-Lagrave", "33440", 44.925, -0.485),
)

BASSIN_AND_MEDOC = (
    Town("Arcachon", "33120", 44.658, -1.168),
    Town("La Teste-de-Buch", "33260", 44.632, -1.146),
    Town("Gujan-Mestras", "33470", 44.636, -1.068),
    Town("Biganos", "33380", 44.644, -0.978),
    Town("Andernos-les-Bains", "33510", 44.743, -1.103),
    Town("Castelnau-de-Médoc", "33480", 45.028, -0.798),
    Town("Salles", "33770", 44.549, -0.870),
    Town("Belin-Béliet", "33830", 44.496, -0.787),
)

LIBOURNAIS = (
    LIBOURNE,
    Town("Saint-Émilion", "33330", 44.894, -0.156),
    Town("Castillon-la-Bataille", "33350", 44.853, -0.043),
    Town("Coutras", "33230", 45.041, -0.130),
    Town("Saint-André-de-Cubzac", "33240", 44.994, -0.447),
    Town("Blaye", "33390", 45.128, -0.662),
    Town("Créon", "33670", 44.775, -0.348),
    Town("Cadillac", "33410", 44.638, -0.318),
    Town("Langon", "33210", 44.555, -0.248),
    Town("La Réole", "33190", 44.582, -0.040),
    Town("Bazas", "33430", 44.432, -0.212),
)

LANDES = (
    MONT_DE_MARSAN,
    SAINT_SEVER,
    Town("Grenade-sur-l'Adour", "40270", 43.775, -0.430),
    Town("Villeneuve-de-Marsan", "40190", 43.890, -0.305),
    Town("Aire-sur-l'Adour", "40800", 43.701, -0.262),
    Town("Hagetmau", "40700", 43.656, -0.592),
    Town("Tartas", "40400", 43.832, -0.808),
    Town("Dax", "40100", 43.710, -1.054),
    Town("Saint-Paul-lès-Dax", "40990", 43.727, -1.052),
    Town("Roquefort", "40120", 44.033, -0.322),
    Town("Morcenx-la-Nouvelle", "40110", 44.034, -0.914),
    Town("Sabres", "40630", 44.148, -0.740),
)
