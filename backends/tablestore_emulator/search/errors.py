"""The error that a bad schema, query, sort or aggregation is answered with."""


class SearchError(Exception):
    """A request that the search index refuses.

    Args:
        status: the HTTP status of the answer.
        code: the service's error code, such as `OTSParameterInvalid`.
        message: one line for the caller.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> SearchError:
    """Return the error for a parameter that is wrong.

    Args:
        message: one line that says which and why.

    Returns:
        A 400 with the code that the service gives for parameters.
    """
    return SearchError(400, "OTSParameterInvalid", message)
