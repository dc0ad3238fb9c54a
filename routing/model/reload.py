"""Says where a shift may unload on the way: halts that it may make or leave out for nothing."""

from routing.model.said import Model


def say(model: Model) -> None:
    """Give each halt to its shift, or to nobody."""
    for index, halt in model.unloadings():
        model.only(index, [halt.vehicle])
        model.routing.AddDisjunction([index], 0)
