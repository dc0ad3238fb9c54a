"""Windows: the begin of service lies in a range without the gaps between windows."""

from itertools import pairwise

from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Bound the begin of service at every visit."""
    for index, visit in model.visits():
        begin = model.begin(index)
        if visit.windows[0].earliest > model.horizon():
            # Every shift is over by then; an empty range would abort the process.
            model.allow_vehicles(index, [])
            continue
        begin.SetRange(visit.windows[0].earliest, min(visit.windows[-1].latest, model.horizon()))
        for window, following in pairwise(visit.windows):
            begin.RemoveInterval(window.latest + 1, following.earliest - 1)
