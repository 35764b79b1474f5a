"""Endpoint → (address, what it needs, the built-in roles that are refused at the door).

Written by `python -m tests.shape.access`, looked at by whoever commits it, and held by test_access.py.
"""

TABLE: dict[str, tuple[str, str, str]] = {
    "accounts.show": (
        "GET /customers/<int:id>/statement",
        "sales:see",
        "finance admin",
    ),
    "approvals.approve": (
        "POST /approvals/<int:id>/approval",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "approvals.index": (
        "GET /approvals",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "approvals.nudge": (
        "POST /approvals/<int:id>/nudge",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "approvals.pass_on": (
        "POST /approvals/<int:id>/passing",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "approvals.recall": (
        "POST /approvals/<int:id>/recall",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "approvals.refuse": (
        "POST /approvals/<int:id>/refusal",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "approvals.show": (
        "GET /approvals/<int:id>",
        "signed in: what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request",
        "",
    ),
    "audit.index": (
        "GET /admin/audit",
        "access:audit",
        "employee service callback assistant lead finance",
    ),
    "audit.journal": (
        "GET /admin/audit/journal",
        "access:audit",
        "employee service callback assistant lead finance",
    ),
    "calendars.assign": (
        "POST /admin/calendars/assignment",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.correct": (
        "POST /admin/calendars/<int:id>/days",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.create": (
        "POST /admin/calendars",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.delete": (
        "POST /admin/calendars/<int:id>/deletion",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.edit": (
        "GET /admin/calendars/<int:id>/edit",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.index": (
        "GET /admin/calendars",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.new": (
        "GET /admin/calendars/new",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.show": (
        "GET /admin/calendars/<int:id>",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.uncorrect": (
        "POST /admin/calendars/<int:id>/days/<int:day_id>/deletion",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "calendars.update": (
        "POST /admin/calendars/<int:id>",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "changes.decide": (
        "GET /changes/<int:id>/undo",
        "signed in: its author, whoever may see a touched record, and readers of the trail; for others it does not exist",
        "",
    ),
    "changes.show": (
        "GET /changes/<int:id>",
        "signed in: its author, whoever may see a touched record, and readers of the trail; for others it does not exist",
        "",
    ),
    "changes.undo": (
        "POST /changes/<int:id>/undo",
        "signed in: its author, whoever may see a touched record, and readers of the trail; for others it does not exist",
        "",
    ),
    "contact_imports.create": (
        "POST /interactions/import",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.drop_kept": (
        "POST /interactions/import/mappings/<int:mapping_id>/deletion",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.forget": (
        "POST /interactions/import/<int:id>/deletion",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.new": (
        "GET /interactions/import",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.problems": (
        "GET /interactions/import/<int:id>/problems",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.read_again": (
        "POST /interactions/import/<int:id>/reading",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.refused_rows": (
        "GET /interactions/import/<int:id>/refused.csv",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.request_it": (
        "POST /interactions/import/<int:id>/request",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.run": (
        "POST /interactions/import/<int:id>/run",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.show": (
        "GET /interactions/import/<int:id>",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.try_out": (
        "POST /interactions/import/<int:id>/columns",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contact_imports.use_kept": (
        "POST /interactions/import/<int:id>/mapping",
        "interactions:import, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "contacts.new": (
        "GET /contacts/new",
        "interactions:log",
        "finance auditor admin",
    ),
    "customer_blocks.edit": (
        "GET /customers/<int:id>/blocks/<string:name>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_blocks.update": (
        "POST /customers/<int:id>/blocks/<string:name>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_consents.create": (
        "POST /customers/<int:id>/consents",
        "interactions:log",
        "finance auditor admin",
    ),
    "customer_consents.index": (
        "GET /customers/<int:id>/consents",
        "customers:see",
        "finance admin",
    ),
    "customer_consents.new": (
        "GET /customers/<int:id>/consents/new",
        "interactions:log",
        "finance auditor admin",
    ),
    "customer_data.ask": (
        "GET /customers/<int:id>/erasure",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.ask_person": (
        "GET /customers/<int:id>/people/<int:place_id>/erasure",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.erase": (
        "POST /customers/<int:id>/erasure",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.erase_person": (
        "POST /customers/<int:id>/people/<int:place_id>/erasure",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.export": (
        "POST /customers/<int:id>/full-export",
        "customers:export-file",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.hold": (
        "POST /customers/<int:id>/hold",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.release": (
        "POST /customers/<int:id>/hold-release",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.request_export": (
        "POST /customers/<int:id>/full-export-request",
        "customers:export-file, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.show": (
        "GET /customers/<int:id>/personal-data",
        "customers:erase or customers:export-file, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_data.take_granted": (
        "POST /customers/<int:id>/granted-export",
        "customers:export-file, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_days.create": (
        "POST /customers/<int:id>/special-days",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_days.delete": (
        "POST /customers/<int:id>/special-days/<int:day_id>/deletion",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_days.edit": (
        "GET /customers/<int:id>/special-days/<int:day_id>/edit",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_days.index": (
        "GET /customers/<int:id>/special-days",
        "customers:see",
        "finance admin",
    ),
    "customer_days.new": (
        "GET /customers/<int:id>/special-days/new",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_days.update": (
        "POST /customers/<int:id>/special-days/<int:day_id>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_duplicates.index": (
        "GET /customers/duplicates",
        "customers:merge",
        "employee service callback assistant finance auditor admin",
    ),
    "customer_duplicates.tell_apart": (
        "POST /customers/duplicates/<int:id>/ruling",
        "customers:merge",
        "employee service callback assistant finance auditor admin",
    ),
    "customer_exits.create": (
        "POST /customers/<int:id>/exit-talks",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_exits.delete": (
        "POST /customers/<int:id>/exit-talks/<int:talk_id>/deletion",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_exits.edit": (
        "GET /customers/<int:id>/exit-talks/<int:talk_id>/edit",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_exits.index": (
        "GET /customers/<int:id>/exit-talks",
        "customers:see",
        "finance admin",
    ),
    "customer_exits.new": (
        "GET /customers/<int:id>/exit-talks/new",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_exits.update": (
        "POST /customers/<int:id>/exit-talks/<int:talk_id>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_export_requests.create": (
        "POST /customers/export/requests",
        "customers:export, or to ask for it",
        "employee service callback assistant finance auditor admin",
    ),
    "customer_export_requests.new": (
        "GET /customers/export/requests",
        "customers:export, or to ask for it",
        "employee service callback assistant finance auditor admin",
    ),
    "customer_export_requests.show": (
        "GET /customers/export/requests/<int:id>",
        "customers:export, or to ask for it",
        "employee service callback assistant finance auditor admin",
    ),
    "customer_export_requests.take": (
        "POST /customers/export/requests/<int:id>/file",
        "customers:export, or to ask for it",
        "employee service callback assistant finance auditor admin",
    ),
    "customer_family.show": (
        "GET /customers/<int:id>/family",
        "customers:see",
        "finance admin",
    ),
    "customer_fields.ask_reason": (
        "GET /customers/<int:id>/fields/<int:field_id>/reveal",
        "customers:reveal",
        "employee assistant lead manager finance auditor admin",
    ),
    "customer_fields.reveal": (
        "POST /customers/<int:id>/fields/<int:field_id>/reveal",
        "customers:reveal",
        "employee assistant lead manager finance auditor admin",
    ),
    "customer_history.index": (
        "GET /customers/<int:id>/history",
        "customers:see",
        "finance admin",
    ),
    "customer_imports.create": (
        "POST /customers/import",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.drop_kept": (
        "POST /customers/import/mappings/<int:mapping_id>/deletion",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.forget": (
        "POST /customers/import/<int:id>/deletion",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.new": (
        "GET /customers/import",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.problems": (
        "GET /customers/import/<int:id>/problems",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.read_again": (
        "POST /customers/import/<int:id>/reading",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.refused_rows": (
        "GET /customers/import/<int:id>/refused.csv",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.request_it": (
        "POST /customers/import/<int:id>/request",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.run": (
        "POST /customers/import/<int:id>/run",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.show": (
        "GET /customers/import/<int:id>",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.try_out": (
        "POST /customers/import/<int:id>/columns",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_imports.use_kept": (
        "POST /customers/import/<int:id>/mapping",
        "customers:import, or to ask for it",
        "employee service callback finance auditor",
    ),
    "customer_merge_request.create": (
        "POST /customers/<int:id>/merge-request",
        "customers:see",
        "finance admin",
    ),
    "customer_merge_request.new": (
        "GET /customers/<int:id>/merge-request",
        "customers:see",
        "finance admin",
    ),
    "customer_needs.create": (
        "POST /customers/<int:id>/needs",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_needs.delete": (
        "POST /customers/<int:id>/needs/<int:need_id>/deletion",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_needs.edit": (
        "GET /customers/<int:id>/needs/<int:need_id>/edit",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_needs.index": (
        "GET /customers/<int:id>/needs",
        "customers:see",
        "finance admin",
    ),
    "customer_needs.meet": (
        "POST /customers/<int:id>/needs/<int:need_id>/fulfilment",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_needs.new": (
        "GET /customers/<int:id>/needs/new",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_needs.update": (
        "POST /customers/<int:id>/needs/<int:need_id>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
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
    "customer_owner_request.create": (
        "POST /customers/<int:id>/owner-request",
        "customers:see",
        "finance admin",
    ),
    "customer_owner_request.new": (
        "GET /customers/<int:id>/owner-request",
        "customers:see",
        "finance admin",
    ),
    "customer_papers.ask_reason": (
        "GET /customers/<int:id>/papers/<int:paper_id>/reveal",
        "customers:reveal-papers",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customer_papers.create": (
        "POST /customers/<int:id>/papers",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_papers.delete": (
        "POST /customers/<int:id>/papers/<int:paper_id>/deletion",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_papers.index": (
        "GET /customers/<int:id>/papers",
        "customers:see",
        "finance admin",
    ),
    "customer_papers.new": (
        "GET /customers/<int:id>/papers/new",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_papers.reveal": (
        "POST /customers/<int:id>/papers/<int:paper_id>/reveal",
        "customers:reveal-papers",
        "employee service callback assistant lead finance auditor admin",
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
    "customer_relations.create": (
        "POST /customers/<int:id>/relations",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_relations.delete": (
        "POST /customers/<int:id>/relations/<int:relation_id>/deletion",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_relations.edit": (
        "GET /customers/<int:id>/relations/<int:relation_id>/edit",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_relations.end": (
        "POST /customers/<int:id>/relations/<int:relation_id>/ending",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_relations.index": (
        "GET /customers/<int:id>/relations",
        "customers:see",
        "finance admin",
    ),
    "customer_relations.new": (
        "GET /customers/<int:id>/relations/new",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_relations.update": (
        "POST /customers/<int:id>/relations/<int:relation_id>",
        "customers:edit",
        "service callback finance auditor admin",
    ),
    "customer_retention.index": (
        "GET /customers/retention",
        "customers:erase",
        "employee service callback assistant lead finance auditor admin",
    ),
    "customers.check": (
        "POST /customers/<int:id>/check",
        "customers:edit",
        "service callback finance auditor admin",
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
    "customers.find_similar": (
        "POST /customers/similar",
        "customers:create",
        "callback finance auditor admin",
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
    "customers_archive.archive": (
        "POST /customers/<int:id>/archiving",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_archive.ask": (
        "GET /customers/<int:id>/archiving",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_archive.bring_back": (
        "POST /customers/<int:id>/archive-return",
        "customers:bin",
        "service callback assistant finance auditor admin",
    ),
    "customers_archive.index": (
        "GET /customers/archive",
        "customers:bin",
        "service callback assistant finance auditor admin",
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
    "customers_bulk.check": (
        "POST /customers/bulk/check",
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
        "customers:export, or to ask for it",
        "employee service callback assistant finance auditor admin",
    ),
    "customers_merge.choose": (
        "POST /customers/merge/selection",
        "customers:merge",
        "employee service callback assistant finance auditor admin",
    ),
    "customers_merge.merge": (
        "POST /customers/merge",
        "customers:merge",
        "employee service callback assistant finance auditor admin",
    ),
    "customers_merge.show": (
        "GET /customers/merge",
        "customers:merge",
        "employee service callback assistant finance auditor admin",
    ),
    "fields.bring_back": (
        "POST /admin/fields/<int:id>/return",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.create": (
        "POST /admin/fields",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.edit": (
        "GET /admin/fields/<int:id>/edit",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.index": (
        "GET /admin/fields",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.move": (
        "POST /admin/fields/<int:id>/place",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.new": (
        "GET /admin/fields/new",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.retire": (
        "POST /admin/fields/<int:id>/retirement",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "fields.update": (
        "POST /admin/fields/<int:id>",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "files.create": (
        "POST /files/<string:kind>/<int:id>",
        "office:files",
        "finance auditor admin",
    ),
    "files.delete": (
        "POST /files/<string:kind>/<int:id>/<int:file_id>/deletion",
        "office:files",
        "finance auditor admin",
    ),
    "files.index": (
        "GET /files/<string:kind>/<int:id>",
        "signed in: whoever may see what the files are about; for others they do not exist",
        "",
    ),
    "files.show": (
        "GET /files/<string:kind>/<int:id>/<int:file_id>",
        "signed in: whoever may see what the files are about; for others they do not exist",
        "",
    ),
    "files.view": (
        "GET /files/<string:kind>/<int:id>/<int:file_id>/view",
        "signed in: whoever may see what the files are about; for others they do not exist",
        "",
    ),
    "health.show": (
        "GET /health",
        "public: monitors have no account; it tells nothing but whether database and disk do",
        "",
    ),
    "help.ui": (
        "GET /help/ui",
        "signed in: shows macros with invented content, and nothing of the company",
        "",
    ),
    "incidents.create": (
        "POST /admin/incidents",
        "access:incidents",
        "employee service callback assistant lead finance auditor",
    ),
    "incidents.edit": (
        "GET /admin/incidents/<int:id>/edit",
        "access:incidents",
        "employee service callback assistant lead finance auditor",
    ),
    "incidents.index": (
        "GET /admin/incidents",
        "access:audit",
        "employee service callback assistant lead finance",
    ),
    "incidents.new": (
        "GET /admin/incidents/new",
        "access:incidents",
        "employee service callback assistant lead finance auditor",
    ),
    "incidents.show": (
        "GET /admin/incidents/<int:id>",
        "access:audit",
        "employee service callback assistant lead finance",
    ),
    "incidents.update": (
        "POST /admin/incidents/<int:id>",
        "access:incidents",
        "employee service callback assistant lead finance auditor",
    ),
    "interactions.create": (
        "POST /customers/<int:id>/interactions",
        "interactions:log",
        "finance auditor admin",
    ),
    "interactions.index": (
        "GET /customers/<int:id>/interactions",
        "customers:see",
        "finance admin",
    ),
    "interactions.new": (
        "GET /customers/<int:id>/interactions/new",
        "interactions:log",
        "finance auditor admin",
    ),
    "interactions.proposal": (
        "GET /customers/<int:id>/interactions/proposal",
        "interactions:log",
        "finance auditor admin",
    ),
    "jobs.continue_": (
        "POST /jobs/<int:id>/continuation",
        "signed in: one's own jobs, and all of them for whoever looks after the installation",
        "",
    ),
    "jobs.end": (
        "POST /jobs/<int:id>/cancellation",
        "signed in: one's own jobs, and all of them for whoever looks after the installation",
        "",
    ),
    "jobs.file": (
        "GET /jobs/<int:id>/file",
        "signed in: what one had made, as long as one may",
        "",
    ),
    "jobs.index": (
        "GET /admin/jobs",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "jobs.mine": (
        "GET /jobs",
        "signed in: one's own jobs, and all of them for whoever looks after the installation",
        "",
    ),
    "jobs.rest": (
        "POST /jobs/<int:id>/pause",
        "signed in: one's own jobs, and all of them for whoever looks after the installation",
        "",
    ),
    "jobs.show": (
        "GET /jobs/<int:id>",
        "signed in: one's own jobs, and all of them for whoever looks after the installation",
        "",
    ),
    "lists.choose_default": (
        "POST /lists/<string:name>/views/default",
        "office:views",
        "finance admin",
    ),
    "lists.conditions": (
        "GET /lists/<string:name>/conditions",
        "signed in: a list is opened by its own right, which `the_list` asks for",
        "",
    ),
    "lists.delete_view": (
        "POST /lists/<string:name>/views/<int:id>/deletion",
        "office:views",
        "finance admin",
    ),
    "lists.edit_view": (
        "GET /lists/<string:name>/views/<int:id>/edit",
        "office:views",
        "finance admin",
    ),
    "lists.new_view": (
        "GET /lists/<string:name>/views/new",
        "office:views",
        "finance admin",
    ),
    "lists.retake_view": (
        "POST /lists/<string:name>/views/<int:id>/query",
        "office:views",
        "finance admin",
    ),
    "lists.save_view": (
        "POST /lists/<string:name>/views",
        "office:views",
        "finance admin",
    ),
    "lists.update_view": (
        "POST /lists/<string:name>/views/<int:id>",
        "office:views",
        "finance admin",
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
    "lookup_requests.ask_to_help": (
        "POST /lookup/help",
        "customers:lookup",
        "finance auditor admin",
    ),
    "lookup_requests.claim": (
        "POST /lookup/collision",
        "customers:lookup",
        "finance auditor admin",
    ),
    "lookup_requests.leave_word": (
        "POST /lookup/word",
        "customers:lookup",
        "finance auditor admin",
    ),
    "lookup_requests.new_collision": (
        "GET /lookup/collision",
        "customers:lookup",
        "finance auditor admin",
    ),
    "lookup_requests.new_help": (
        "GET /lookup/help",
        "customers:lookup",
        "finance auditor admin",
    ),
    "lookup_requests.new_word": (
        "GET /lookup/word",
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
    "notes.colleagues": (
        "GET /notes/<string:kind>/<int:id>/colleagues",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.create": (
        "POST /notes/<string:kind>/<int:id>",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.delete": (
        "POST /notes/<string:kind>/<int:id>/<int:note_id>/deletion",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.edit": (
        "GET /notes/<string:kind>/<int:id>/<int:note_id>/edit",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.index": (
        "GET /notes/<string:kind>/<int:id>",
        "signed in: whoever may see what the notes are about; for others they do not exist",
        "",
    ),
    "notes.new": (
        "GET /notes/<string:kind>/<int:id>/new",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.pin": (
        "POST /notes/<string:kind>/<int:id>/<int:note_id>/pin",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.show": (
        "GET /notes/<string:kind>/<int:id>/<int:note_id>",
        "signed in: whoever may see what the notes are about; for others they do not exist",
        "",
    ),
    "notes.unpin": (
        "POST /notes/<string:kind>/<int:id>/<int:note_id>/pin/removal",
        "office:notes",
        "finance auditor admin",
    ),
    "notes.update": (
        "POST /notes/<string:kind>/<int:id>/<int:note_id>",
        "office:notes",
        "finance auditor admin",
    ),
    "notifications.follow": (
        "POST /notifications/<int:id>/opening",
        "signed in: one's own notifications",
        "",
    ),
    "notifications.index": (
        "GET /notifications",
        "signed in: one's own notifications",
        "",
    ),
    "notifications.read": (
        "POST /notifications/reading",
        "signed in: one's own notifications",
        "",
    ),
    "payments.create": (
        "POST /purchases/<int:id>/payments",
        "sales:pay",
        "employee service callback assistant finance auditor admin",
    ),
    "payments.delete": (
        "POST /purchases/<int:id>/payments/<int:payment_id>/deletion",
        "sales:pay",
        "employee service callback assistant finance auditor admin",
    ),
    "planned_contacts.create": (
        "POST /customers/<int:id>/planned-contacts",
        "interactions:log",
        "finance auditor admin",
    ),
    "planned_contacts.new": (
        "GET /customers/<int:id>/planned-contacts/new",
        "interactions:log",
        "finance auditor admin",
    ),
    "planned_contacts.skip": (
        "POST /customers/<int:id>/planned-contacts/<int:plan_id>/skip",
        "interactions:log",
        "finance auditor admin",
    ),
    "postponements.create": (
        "POST /customers/<int:id>/postponement",
        "interactions:log",
        "finance auditor admin",
    ),
    "postponements.new": (
        "GET /customers/<int:id>/postponement",
        "interactions:log",
        "finance auditor admin",
    ),
    "product_imports.create": (
        "POST /products/import",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.drop_kept": (
        "POST /products/import/mappings/<int:mapping_id>/deletion",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.forget": (
        "POST /products/import/<int:id>/deletion",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.new": (
        "GET /products/import",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.problems": (
        "GET /products/import/<int:id>/problems",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.read_again": (
        "POST /products/import/<int:id>/reading",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.refused_rows": (
        "GET /products/import/<int:id>/refused.csv",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.request_it": (
        "POST /products/import/<int:id>/request",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.run": (
        "POST /products/import/<int:id>/run",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.show": (
        "GET /products/import/<int:id>",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.try_out": (
        "POST /products/import/<int:id>/columns",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "product_imports.use_kept": (
        "POST /products/import/<int:id>/mapping",
        "sales:products, or to ask for it",
        "employee service callback assistant lead finance auditor admin",
    ),
    "products.create": (
        "POST /products",
        "sales:products",
        "employee service callback assistant lead finance auditor admin",
    ),
    "products.edit": (
        "GET /products/<int:id>/edit",
        "sales:products",
        "employee service callback assistant lead finance auditor admin",
    ),
    "products.index": (
        "GET /products",
        "sales:see",
        "finance admin",
    ),
    "products.new": (
        "GET /products/new",
        "sales:products",
        "employee service callback assistant lead finance auditor admin",
    ),
    "products.update": (
        "POST /products/<int:id>",
        "sales:products",
        "employee service callback assistant lead finance auditor admin",
    ),
    "purchase_imports.create": (
        "POST /purchases/import",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.drop_kept": (
        "POST /purchases/import/mappings/<int:mapping_id>/deletion",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.forget": (
        "POST /purchases/import/<int:id>/deletion",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.new": (
        "GET /purchases/import",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.problems": (
        "GET /purchases/import/<int:id>/problems",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.read_again": (
        "POST /purchases/import/<int:id>/reading",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.refused_rows": (
        "GET /purchases/import/<int:id>/refused.csv",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.request_it": (
        "POST /purchases/import/<int:id>/request",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.run": (
        "POST /purchases/import/<int:id>/run",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.show": (
        "GET /purchases/import/<int:id>",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.try_out": (
        "POST /purchases/import/<int:id>/columns",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_imports.use_kept": (
        "POST /purchases/import/<int:id>/mapping",
        "sales:import, or to ask for it",
        "employee service callback finance auditor admin",
    ),
    "purchase_returns.create": (
        "POST /purchases/<int:id>/returns",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchase_returns.new": (
        "GET /purchases/<int:id>/returns/new",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchases.cancel": (
        "POST /purchases/<int:id>/cancellation",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchases.create": (
        "POST /customers/<int:id>/purchases",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchases.deliver": (
        "POST /purchases/<int:id>/delivery",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchases.edit": (
        "GET /purchases/<int:id>/edit",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchases.index": (
        "GET /purchases",
        "sales:see",
        "finance admin",
    ),
    "purchases.new": (
        "GET /customers/<int:id>/purchases/new",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "purchases.of_customer": (
        "GET /customers/<int:id>/purchases",
        "sales:see",
        "finance admin",
    ),
    "purchases.show": (
        "GET /purchases/<int:id>",
        "sales:see",
        "finance admin",
    ),
    "purchases.update": (
        "POST /purchases/<int:id>",
        "sales:edit",
        "service callback finance auditor admin",
    ),
    "roles.create": (
        "POST /admin/roles",
        "access:roles",
        "employee service callback assistant lead manager finance auditor",
    ),
    "roles.edit": (
        "GET /admin/roles/<int:id>/edit",
        "access:roles",
        "employee service callback assistant lead manager finance auditor",
    ),
    "roles.index": (
        "GET /admin/roles",
        "access:roles",
        "employee service callback assistant lead manager finance auditor",
    ),
    "roles.new": (
        "GET /admin/roles/new",
        "access:roles",
        "employee service callback assistant lead manager finance auditor",
    ),
    "roles.update": (
        "POST /admin/roles/<int:id>",
        "access:roles",
        "employee service callback assistant lead manager finance auditor",
    ),
    "saved_view.show": (
        "GET /views/<int:id>",
        "office:views",
        "finance admin",
    ),
    "search.show": (
        "GET /search",
        "signed in: each kind of record answers with what the person may see",
        "",
    ),
    "search.texts": (
        "GET /search/texts",
        "signed in: a text is found by whoever sees the record on which it hangs",
        "",
    ),
    "second_factor.create": (
        "POST /me/second-factor",
        "signed in: one's own second factor",
        "",
    ),
    "second_factor.delete": (
        "POST /me/second-factor/deletion",
        "signed in: one's own second factor",
        "",
    ),
    "second_factor.new": (
        "GET /me/second-factor/new",
        "signed in: one's own second factor",
        "",
    ),
    "second_factor.renew_codes": (
        "POST /me/second-factor/backup-codes",
        "signed in: one's own second factor",
        "",
    ),
    "second_factor.reset": (
        "POST /admin/users/<int:id>/second-factor/deletion",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "second_factor.show": (
        "GET /me/second-factor",
        "signed in: one's own second factor",
        "",
    ),
    "settings.index": (
        "GET /admin/settings",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "settings.show": (
        "GET /admin/settings/<string:group>",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "settings.update": (
        "POST /admin/settings/<string:group>",
        "office:settings",
        "employee service callback assistant lead manager finance auditor",
    ),
    "sign_in.ask_code": (
        "GET /sign-in/code",
        "public: the second step of the door",
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
    "sign_in.enter_code": (
        "POST /sign-in/code",
        "public: the second step of the door",
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
    "team.cover": (
        "GET /team/covers/<int:id>",
        "office:deputies",
        "auditor",
    ),
    "team.forget_away": (
        "POST /team/<int:id>/absences/<int:absence_id>/deletion",
        "office:deputies",
        "auditor",
    ),
    "team.index": (
        "GET /team",
        "office:deputies",
        "auditor",
    ),
    "team.name_deputy": (
        "POST /team/<int:id>/deputy",
        "office:deputies",
        "auditor",
    ),
    "team.note_away": (
        "POST /team/<int:id>/absences",
        "office:deputies",
        "auditor",
    ),
    "team.show": (
        "GET /team/<int:id>",
        "office:deputies",
        "auditor",
    ),
    "teams.close": (
        "POST /admin/teams/<int:id>/closure",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "teams.create": (
        "POST /admin/teams",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "teams.edit": (
        "GET /admin/teams/<int:id>/edit",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "teams.index": (
        "GET /admin/teams",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "teams.new": (
        "GET /admin/teams/new",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "teams.reopen": (
        "POST /admin/teams/<int:id>/reopening",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "teams.update": (
        "POST /admin/teams/<int:id>",
        "access:teams",
        "employee service callback assistant lead manager finance auditor",
    ),
    "today.index": (
        "GET /",
        "signed in: everybody begins the day here, and sees of it what is theirs",
        "",
    ),
    "user_acts.ask_deactivation": (
        "GET /admin/users/<int:id>/deactivation",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.ask_hand_over": (
        "GET /admin/users/<int:id>/hand-over",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.ask_password": (
        "GET /admin/users/<int:id>/password",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.deactivate": (
        "POST /admin/users/<int:id>/deactivation",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.end_sessions": (
        "POST /admin/users/<int:id>/sign-out",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.hand_over": (
        "POST /admin/users/<int:id>/hand-over",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.reactivate": (
        "POST /admin/users/<int:id>/reactivation",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "user_acts.reset_password": (
        "POST /admin/users/<int:id>/password",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "users.create": (
        "POST /admin/users",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "users.edit": (
        "GET /admin/users/<int:id>/edit",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "users.index": (
        "GET /admin/users",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "users.new": (
        "GET /admin/users/new",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "users.show": (
        "GET /admin/users/<int:id>",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "users.update": (
        "POST /admin/users/<int:id>",
        "access:users",
        "employee service callback assistant lead manager finance auditor",
    ),
    "why.show": (
        "GET /admin/why",
        "access:diagnose",
        "employee service callback assistant lead manager finance auditor",
    ),
}
