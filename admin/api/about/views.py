"""About: the token that is shown."""

from datetime import datetime

import msgspec

from admin.api.call import Call
from admin.api.routes import ANY, route
from store.api_tokens import in_order


class TokenShown(msgspec.Struct, kw_only=True):
    """Whose token this is, and what it may do."""

    id: int
    name: str
    organisation: str
    currency: str
    time_zone: str
    scopes: list[str]
    expires_at: datetime | None


@route(
    method="GET",
    path="/token",
    summary="Read what this token is",
    scope=ANY,
    answers={200: TokenShown},
)
async def token(call: Call) -> TokenShown:
    """GET /token"""
    caller = call.caller
    return TokenShown(
        id=caller.token.id,
        name=caller.token.name,
        organisation=caller.organisation.slug,
        currency=caller.organisation.currency,
        time_zone=caller.organisation.time_zone,
        scopes=in_order(caller.token.scopes),
        expires_at=caller.token.expires_at,
    )
