"""The errors that the service answers with; the texts are those of its documentation."""

from __future__ import annotations


class ServiceError(Exception):
    """An error answer.

    Args:
        status: the HTTP status.
        code: the service's name for the error, such as ``OTSParameterInvalid``.
        message: what the service says.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"


def invalid(message: str) -> ServiceError:
    """Return the error of a request that says something wrong.

    Args:
        message: what is wrong.
    """
    return ServiceError(400, "OTSParameterInvalid", message)


def invalid_key(message: str) -> ServiceError:
    """Return the error of a primary key that is not of the table's form.

    Args:
        message: in what it differs.
    """
    return ServiceError(400, "OTSInvalidPK", message)


def unauthorized(message: str) -> ServiceError:
    """Return the error of a request that does not prove who it is from.

    Args:
        message: what is missing or wrong.
    """
    return ServiceError(403, "OTSAuthFailed", message)


def unsupported(operation: str) -> ServiceError:
    """Return the error of an operation that there is not.

    Args:
        operation: its name.
    """
    return invalid(f"Unsupported operation: '{operation}'.")


def no_table() -> ServiceError:
    """Return the error of a table that is not there."""
    return ServiceError(404, "OTSObjectNotExist", "Requested table does not exist.")


def table_exists() -> ServiceError:
    """Return the error of a name that is taken."""
    return ServiceError(409, "OTSObjectAlreadyExist", "Requested table already exists.")


def condition_failed() -> ServiceError:
    """Return the error of a condition that does not hold."""
    return ServiceError(403, "OTSConditionCheckFail", "Condition check failed.")


def conflict() -> ServiceError:
    """Return the error of data that an open transaction has locked."""
    return ServiceError(
        409, "OTSRowOperationConflict", "Data is being modified by the other request."
    )


def no_session() -> ServiceError:
    """Return the error of a transaction that has ended."""
    return ServiceError(404, "OTSSessionNotExist", "Session not exist or may be timeout.")


TRANSIENT = {
    "OTSServerBusy": (503, "Server is busy."),
    "OTSPartitionUnavailable": (503, "The partition is not available."),
    "OTSTimeout": (503, "Operation timeout."),
    "OTSServerUnavailable": (503, "Server is not available."),
    "OTSInternalServerError": (500, "Internal server error."),
    "OTSRowOperationConflict": (409, "Data is being modified by the other request."),
    "OTSTableNotReady": (404, "The table is not ready."),
    "OTSNotEnoughCapacityUnit": (403, "Remaining capacity unit is not enough."),
    "OTSQuotaExhausted": (403, "Too frequent table operations."),
    "OTSFlowControl": (429, "The requests have been throttled."),
}
"""The errors that come and go, for injected faults: status and text of each."""
