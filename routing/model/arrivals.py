"""Knows when a tour arrives at the freezers on its way: there a ride ends, before the unloading."""

from routing.model.said import Model, Var


def halted(model: Model) -> dict[int, Var]:
    """Per halt's index, the arrival there.

    Nobody waits to unload without a break: what is gained by it is gained by waiting at the next
    door. So the begin of the unloading stands for the arrival.
    """
    return {index: model.time().CumulVar(index) for index, _ in model.unloadings()}
