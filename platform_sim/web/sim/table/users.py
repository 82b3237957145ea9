"""Of the table: customers, and what they log in with (docs/login.md)."""

from platform_sim.web.sim.table.row import FLAG, ID, MOMENT, TEXT, WHOLE, Row, listed, maybe, ref, shown, taken

_FIELDS = {
    "id": ID,
    "email": TEXT,
    "name": maybe(TEXT),
    "created_at": MOMENT,
    "suspended_at": maybe(MOMENT),
    "delinquent_at": maybe(MOMENT),
    "two_factor_authentication": FLAG,
}

SCHEMAS = {"Customer": shown(_FIELDS), "CustomerMade": shown({**_FIELDS, "token": TEXT})}

ROWS = (
    Row("GET", "/sim/users", "All customers", listed(ref("Customer"))),
    Row(
        "POST",
        "/sim/users",
        "Make a customer",
        ref("CustomerMade"),
        taken(("email",), email=TEXT, name=TEXT),
        status=(201,),
        more="The token is shown once.",
    ),
    Row(
        "PATCH",
        "/sim/users/<user>",
        "Suspend a customer, say that it owes money, or take that back",
        ref("Customer"),
        taken(suspended=FLAG, delinquent=FLAG),
        more="`user` is an e-mail or an id, here and below.",
    ),
    Row(
        "POST",
        "/sim/users/<user>/tokens",
        "Give a customer another token",
        shown({"email": TEXT, "token": TEXT}),
        status=(201,),
    ),
    Row(
        "POST",
        "/sim/users/<user>/links",
        "A link that makes a browser this customer's",
        shown({"email": TEXT, "url": TEXT, "expires_at": MOMENT}),
        status=(201,),
        more="It works once.",
    ),
    Row(
        "PUT",
        "/sim/users/<user>/password",
        "Give a customer a password",
        ref("Customer"),
        taken(("password",), password=TEXT),
    ),
    Row("DELETE", "/sim/users/<user>/password", "Take the password away", ref("Customer"), errors=(422,)),
    Row(
        "PUT",
        "/sim/users/<user>/second-factor",
        "Give a customer a second factor",
        shown({"email": TEXT, "secret": TEXT, "url": TEXT}),
        status=(201,),
        errors=(422,),
        more="The secret is shown once.",
    ),
    Row("DELETE", "/sim/users/<user>/second-factor", "Take the second factor away", ref("Customer"), errors=(422,)),
    Row(
        "GET",
        "/sim/users/<user>/code",
        "The code that a customer's telephone would show now",
        shown({"email": TEXT, "code": TEXT, "expires_in": WHOLE}),
        errors=(422,),
    ),
)
