"""Errors of the planner, one class per different reaction of a caller."""


class RoutingError(Exception):
    """Base of all errors of the planner."""


class InvalidInputError(RoutingError):
    """The input cannot be read or contradicts itself.

    Attributes
    ----------
    entry : str
        The entry at fault, as a path: ``visits[3].windows[0]``.
    complaint : str
        The mistake.
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
    """The engine's plan breaks a rule: a defect of the planner; the plan is not returned.

    Attributes
    ----------
    sentences : tuple of str
        The checker's sentences, one per broken rule.
    """

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__("the engine's plan was refused: " + "; ".join(sentences))
        self.sentences = sentences


class RegionError(RoutingError):
    """The files of a road region cannot be used; the sentence tells the reason."""


class SourceUnavailableError(RoutingError):
    """A server of travel times that does not answer, or not as it should."""
