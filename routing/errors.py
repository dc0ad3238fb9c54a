"""Knows what can go wrong in the planner: one class per thing a caller may do differently."""


class RoutingError(Exception):
    """Anything the planner refuses or cannot do."""


class InvalidInputError(RoutingError):
    """What was given cannot be read or contradicts itself.

    Attributes
    ----------
    entry : str
        The entry at fault, as a path: ``visits[3].windows[0]``.
    complaint : str
        What is wrong with it.
    """

    def __init__(self, entry: str, complaint: str) -> None:
        super().__init__(f"{entry}: {complaint}")
        self.entry = entry
        self.complaint = complaint


class InvalidProblemError(InvalidInputError):
    """The problem contradicts itself; the entry at fault is named."""


class InvalidPlanError(InvalidInputError):
    """The plan cannot be read; the entry at fault is named."""


class NoPlanError(RoutingError):
    """No legal plan was found within the budget."""


class UnlawfulPlanError(RoutingError):
    """The engine's plan breaks a rule; it is a defect of the planner, and nobody gets to see it.

    Attributes
    ----------
    sentences : tuple of str
        What the checker said, a sentence per broken rule.
    """

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__("the engine's plan was refused: " + "; ".join(sentences))
        self.sentences = sentences
