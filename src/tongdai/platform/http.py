"""HTTP: errors as problem+json, the principal and the transaction of a request."""

import logging
import re
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Generic, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as ASGIScope

from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.driver import ForeignKeyViolation, RefusedValue, constraint_of
from tongdai.platform.errors import AppError, FieldError, Forbidden, NotSignedIn, WrongValue
from tongdai.platform.registry import Runtime

log = logging.getLogger(__name__)
T = TypeVar("T")
_FOREIGN_KEY = re.compile(r"_tenant_id_(\w+)_fkey$")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` is None on the last page."""

    items: list[T]
    next_cursor: str | None = None


class Ref(BaseModel):
    """A thing by its id and name, embedded so that screens need no second fetch."""

    id: UUID
    name: str


def one_of(*words: str) -> Any:
    """A text field that only ever holds one of these: the description says so, and the desktop's types follow.

    For what the app shows; what it takes is checked by Literal.
    """
    return Field(json_schema_extra={"enum": list(words)})


class Authenticator:
    """The port by which module people tells who a request comes from."""

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        raise NotImplementedError


def problem(
    status: int, code: str, detail: str, errors: tuple[FieldError, ...] = (), **extra: Any
) -> Response:
    """An RFC 9457 answer."""
    from pydantic_core import to_json

    body = {
        "type": f"https://tongdai.example/problems/{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [
            {"field": error.field, "message": error.message}
            | ({"rule": error.rule, "limit": error.limit} if error.rule else {})
            for error in errors
        ],
        **extra,
    }
    headers = {"Retry-After": str(int(extra["retry_after"]))} if "retry_after" in extra else None
    return Response(to_json(body), status, headers, media_type="application/problem+json")


_RULES = {
    "missing": ("required", "", "Fill this in."),
    "string_too_short": ("too_short", "min_length", "At least {} characters are needed."),
    "string_too_long": ("too_long", "max_length", "At most {} characters fit."),
    "greater_than_equal": ("too_small", "ge", "The least is {}."),
    "less_than_equal": ("too_big", "le", "The most is {}."),
    "string_pattern_mismatch": (
        "form",
        "",
        "This is not written as it has to be. Check it for letters or signs too many.",
    ),
    "literal_error": ("choose", "", "There is no such thing here: choose one from the list."),
    "enum": ("choose", "", "There is no such thing here: choose one from the list."),
    "uuid_parsing": ("choose", "", "There is no such thing here: choose one from the list."),
    "int_parsing": ("figure", "", "Write a number."),
    "float_parsing": ("figure", "", "Write a number."),
    "int_type": ("figure", "", "Write a number."),
    "float_type": ("figure", "", "Write a number."),
}
"""Pydantic's names of the mistakes that people make most: ours, where the limit stands, the sentence."""


def _field_error(field: str, item: dict[str, Any]) -> FieldError:
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, WrongValue):
        return FieldError(field, str(cause), cause.rule)
    known = _RULES.get(item["type"])
    if known is None:
        return FieldError(field, item["msg"].removeprefix("Value error, "))
    rule, key, sentence = known
    limit = item.get("ctx", {}).get(key)
    if rule == "too_short" and limit == 1:
        return FieldError(field, "Fill this in.", "required")
    return FieldError(field, sentence.format(limit), rule, limit if isinstance(limit, int | float) else None)


def runtime_of(connection: HTTPConnection) -> Runtime:
    return cast(Runtime, connection.app.state.runtime)


RuntimeOf = Annotated[Runtime, Depends(runtime_of)]


async def current_principal(connection: HTTPConnection) -> Principal:
    """The signed-in user or the token's owner. Raises NotSignedIn."""
    principal = await runtime_of(connection).get(Authenticator).principal(connection)
    if principal is None:
        raise NotSignedIn()
    return principal


Me = Annotated[Principal, Depends(current_principal)]


async def _transaction(runtime: RuntimeOf, me: Me) -> AsyncGenerator[Transaction]:
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        yield tx


# scope="function" ends the transaction before the answer is sent: a client never sees 200 for what then fails to commit.
Tx = Annotated[Transaction, Depends(_transaction, scope="function")]


def check_origin(request: Request) -> None:
    """Refuse unsafe requests that another site made the browser send (cookies would go along)."""
    if request.method in SAFE_METHODS or "authorization" in request.headers:
        return
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("This request came from another site.")
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This request came from another site.")


def install_errors(app: FastAPI) -> None:
    """Turn every error into problem+json; nobody ever sees a traceback."""

    async def app_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, AppError)
        return problem(error.status, error.code, error.detail, error.errors, **error.extra)

    async def bad_input(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = tuple(
            _field_error(".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]), item)
            for item in error.errors()
        )
        return problem(422, "invalid", "Some of the input cannot be used.", errors)

    async def http_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        return problem(error.status_code, code, str(error.detail))

    async def bad_reference(_: Request, error: Exception) -> Response:
        assert isinstance(error, ForeignKeyViolation)
        column = _FOREIGN_KEY.search(constraint_of(error))
        field = column[1] if column else "id"
        message = "There is no such thing here: choose one from the list."
        return problem(422, "invalid", message, (FieldError(field, message, "choose"),))

    async def bad_value(_: Request, error: Exception) -> Response:
        if isinstance(error.__cause__, TypeError):
            raise error  # a parameter of a wrong type is a mistake of ours
        return problem(422, "invalid", "Some of the input cannot be stored: leave out control characters.")

    app.add_exception_handler(ForeignKeyViolation, bad_reference)
    app.add_exception_handler(RefusedValue, bad_value)
    app.add_exception_handler(AppError, app_error)
    app.add_exception_handler(RequestValidationError, bad_input)
    app.add_exception_handler(HTTPException, http_error)


class CatchEverything:
    """The outermost middleware: an unexpected failure is logged in full and told in one sentence, unless the answer has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, begun = Request(scope), False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            check_origin(request)
            await self._app(scope, receive, noting)
            return
        except AppError as error:
            if begun:
                raise
            answer = problem(error.status, error.code, error.detail, error.errors, **error.extra)
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            if begun:
                raise
            sorry = "Something went wrong on our side. It has been logged; please try again."
            answer = problem(500, "internal", sorry)
        await answer(scope, receive, send)
