"""Balance of a pool: inputs equal filled, sampled, discarded and lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolBalance:
    """The volumes of a pool in millilitres; every one is a sum of rows."""

    inputs_ml: int
    filled_ml: int
    sampled_ml: int
    discarded_ml: int

    @property
    def lost_ml(self) -> int:
        """The volume that is not accounted for; negative if more came out than went in."""
        return self.inputs_ml - self.filled_ml - self.sampled_ml - self.discarded_ml

    @property
    def lost_permille(self) -> float:
        """The loss in thousandths of the inputs."""
        return 1000 * self.lost_ml / self.inputs_ml if self.inputs_ml else 0

    def is_tolerated(self, permille: int) -> bool:
        """Return whether the loss, or the surplus, is within a tolerance."""
        return 1000 * abs(self.lost_ml) <= permille * self.inputs_ml
