"""Endpoint → (address, what it needs, the built-in roles that are refused at the door).

Written by `python -m tests.shape.access`, looked at by whoever commits it, and held by test_access.py.
"""

TABLE: dict[str, tuple[str, str, str]] = {
    "customer_owner.edit": (
        "GET /customers/<int:id>/owner",
        "customers:see",
        "finance admin",
    ),
    "customer_owner.edit_helpers": (
        "GET /customers/<int:id>/helpers",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_owner.update": (
        "POST /customers/<int:id>/owner",
        "customers:see",
        "finance admin",
    ),
    "customer_owner.update_helpers": (
        "POST /customers/<int:id>/helpers",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_people.ask_reason": (
        "GET /customers/<int:id>/points/<int:point_id>/reveal",
        "customers:reveal",
        "employee assistant lead manager finance auditor admin",
    ),
    "customer_people.create": (
        "POST /customers/<int:id>/people",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.create_point": (
        "POST /customers/<int:id>/points",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.delete": (
        "POST /customers/<int:id>/people/<int:place_id>/deletion",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.delete_point": (
        "POST /customers/<int:id>/points/<int:point_id>/deletion",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.edit": (
        "GET /customers/<int:id>/people/<int:place_id>/edit",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.edit_point": (
        "GET /customers/<int:id>/points/<int:point_id>/edit",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.new": (
        "GET /customers/<int:id>/people/new",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.new_point": (
        "GET /customers/<int:id>/points/new",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.reveal": (
        "POST /customers/<int:id>/points/<int:point_id>/reveal",
        "customers:reveal",
        "employee assistant lead manager finance auditor admin",
    ),
    "customer_people.update": (
        "POST /customers/<int:id>/people/<int:place_id>",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customer_people.update_point": (
        "POST /customers/<int:id>/points/<int:point_id>",
        "customers:edit or customers:edit-points",
        "callback finance auditor admin",
    ),
    "customers.choose_columns": (
        "POST /customers/columns",
        "customers:see",
        "finance admin",
    ),
    "customers.create": (
        "POST /customers",
        "customers:create",
        "callback finance auditor admin",
    ),
    "customers.edit": (
        "GET /customers/<int:id>/edit",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customers.index": (
        "GET /customers",
        "customers:see",
        "finance admin",
    ),
    "customers.new": (
        "GET /customers/new",
        "customers:create",
        "callback finance auditor admin",
    ),
    "customers.show": (
        "GET /customers/<int:id>",
        "customers:see",
        "finance admin",
    ),
    "customers.update": (
        "POST /customers/<int:id>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customers_bin.ask": (
        "GET /customers/<int:id>/deletion",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_bin.delete": (
        "POST /customers/<int:id>/deletion",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_bin.index": (
        "GET /customers/bin",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_bin.restore": (
        "POST /customers/<int:id>/restoration",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_bulk.apply": (
        "POST /customers/bulk",
        "customers:bulk",
        "service callback finance auditor admin",
    ),
    "customers_bulk.preview": (
        "POST /customers/bulk/preview",
        "customers:bulk",
        "service callback finance auditor admin",
    ),
    "customers_export.download": (
        "POST /customers/export",
        "customers:export",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customers_export.show": (
        "GET /customers/export",
        "customers:export",
        "employee service callback assistant lead finance auditor admin",
    ),
    "help.ui": (
        "GET /help/ui",
        "signed in: shows macros with invented content, and nothing of the company",
        "",
    ),
    "lookup.ask": (
        "POST /lookup",
        "customers:lookup",
        "finance auditor admin",
    ),
    "lookup.show": (
        "GET /lookup",
        "customers:lookup",
        "finance auditor admin",
    ),
    "me.change_password": (
        "POST /me/password",
        "signed in: one's own password",
        "",
    ),
    "me.end_other_sessions": (
        "POST /me/sessions/sign-out",
        "signed in: one's own sessions",
        "",
    ),
    "me.end_session": (
        "POST /me/sessions/<int:id>/sign-out",
        "signed in: one's own sessions",
        "",
    ),
    "me.password": (
        "GET /me/password",
        "signed in: one's own password",
        "",
    ),
    "me.show": (
        "GET /me",
        "signed in: one's own page",
        "",
    ),
    "me.update": (
        "POST /me",
        "signed in: one's own preferences",
        "",
    ),
    "search.show": (
        "GET /search",
        "signed in: each kind of record answers with what the person may see",
        "",
    ),
    "sign_in.choose_language": (
        "POST /me/language",
        "public: the switch on the sign-in page, and that of the menu",
        "",
    ),
    "sign_in.enter": (
        "POST /sign-in",
        "public: the door",
        "",
    ),
    "sign_in.leave": (
        "POST /sign-out",
        "public: everybody may leave, also when the session has expired",
        "",
    ),
    "sign_in.show": (
        "GET /sign-in",
        "public: the door",
        "",
    ),
    "sign_in.switch_language": (
        "POST /language",
        "public: the switch on the sign-in page, and that of the menu",
        "",
    ),
}
