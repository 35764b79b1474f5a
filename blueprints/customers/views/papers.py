"""Identity numbers and bank accounts of a customer: all of them masked, noting and removing one, showing one for a
reason.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import papers, queries
from blueprints.customers.forms import NewPaperForm, RevealForm
from blueprints.customers.models import Customer
from blueprints.customers.particulars import PaperNumber
from blueprints.customers.parts import the_part
from core.forms import done, make_once, refused
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_papers", __name__, url_prefix="/customers/<int:id>/papers")
PAGE, REVEAL = "customers/paper.html", "customers/paper_reveal.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    return _listed(the(Customer, id, Right.CUSTOMERS_SEE), {})


@bp.get("/new")
@requires(Right.CUSTOMERS_EDIT)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    return render_template(PAGE, form=_offered(NewPaperForm(formdata=None), customer), customer=customer)


@bp.post("")
@requires(Right.CUSTOMERS_EDIT)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _offered(NewPaperForm(), customer)

    def note() -> str:
        papers.note_paper(customer, form.facts())
        flash(_("The number is on file now."), "success")
        return url_for("customers.show", id=id)

    return make_once(form, PAGE, note, customer=customer)


@bp.post("/<int:paper_id>/deletion")
@requires(Right.CUSTOMERS_EDIT)
def delete(id: int, paper_id: int) -> ResponseReturnValue:
    papers.remove_paper(the_part(the(Customer, id, Right.CUSTOMERS_EDIT), PaperNumber, paper_id))
    flash(_("The number is removed."), "success")
    return done(to=url_for("customers.show", id=id))


@bp.get("/<int:paper_id>/reveal")
@requires(Right.CUSTOMERS_REVEAL_PAPERS)
def ask_reason(id: int, paper_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_REVEAL_PAPERS)
    paper = the_part(customer, PaperNumber, paper_id)
    return render_template(REVEAL, form=RevealForm(formdata=None), customer=customer, paper=paper)


@bp.post("/<int:paper_id>/reveal")
@requires(Right.CUSTOMERS_REVEAL_PAPERS)
def reveal(id: int, paper_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_REVEAL_PAPERS)
    paper, form = the_part(customer, PaperNumber, paper_id), RevealForm()
    if not form.validate():
        return refused(form, REVEAL, customer=customer, paper=paper)
    papers.note_reveal(customer, paper, reason=form.reason.data or "")
    return _listed(customer, {paper.id: paper.value})


def _listed(customer: Customer, revealed: dict[int, str]) -> str:
    return render_template(
        "customers/papers.html",
        customer=customer,
        papers=[(paper, papers.shown(paper)) for paper in papers.papers_of(customer)],
        revealed=revealed,
        may_edit=holds(customer, current_user, Right.CUSTOMERS_EDIT),
        may_reveal=holds(customer, current_user, Right.CUSTOMERS_REVEAL_PAPERS),
    )


def _offered(form: NewPaperForm, customer: Customer) -> Any:
    people = [(str(place.person_id), place.name) for place in queries.places([customer.id])]
    form.kind.choices = list(papers.kinds_offered().items())
    form.person.choices = [("", _("the customer itself")), *people]
    return form
