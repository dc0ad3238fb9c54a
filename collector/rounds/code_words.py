"""Code words: two words per visit that a collector says at the door instead of a name."""

import hashlib
from collections.abc import Collection

WORDS = (
    "album",
    "ballet",
    "baobab",
    "biscuit",
    "boulevard",
    "cactus",
    "canal",
    "canyon",
    "caramel",
    "cargo",
    "cascade",
    "castor",
    "concert",
    "condor",
    "delta",
    "domino",
    "dragon",
    "duo",
    "fable",
    "festival",
    "forum",
    "fruit",
    "garage",
    "gazelle",
    "horizon",
    "igloo",
    "image",
    "indigo",
    "iris",
    "jaguar",
    "jungle",
    "kayak",
    "kiwi",
    "koala",
    "lion",
    "lotus",
    "melon",
    "mimosa",
    "nectar",
    "oasis",
    "olive",
    "orange",
    "origami",
    "panda",
    "parasol",
    "piano",
    "pigeon",
    "pollen",
    "polo",
    "puma",
    "quartz",
    "radio",
    "robot",
    "safari",
    "satin",
    "solo",
    "sorbet",
    "studio",
    "tango",
    "tapir",
    "totem",
    "trombone",
    "tunnel",
    "turquoise",
    "violet",
    "village",
    "zigzag",
)
"""Words with one spelling in French and in English, and without any bearing on the visit."""


def code_words(seed: str, taken: Collection[str]) -> str:
    """Return two different words for a visit.

    Parameters
    ----------
    seed
        The identity of the visit: the same seed gives the same words.
    taken
        The words of the round's other stops; they are not used again.

    Raises
    ------
    ValueError
        The round has more stops than there are pairs of words.
    """
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    for step in range(len(WORDS) * (len(WORDS) - 1)):
        code = _pair(number + step)
        if code not in taken:
            return code
    raise ValueError("a round has more stops than there are pairs of words")


def _pair(number: int) -> str:
    second, first = divmod(number, len(WORDS))
    offset = 1 + second % (len(WORDS) - 1)
    return f"{WORDS[first]} {WORDS[(first + offset) % len(WORDS)]}"
