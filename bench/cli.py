"""`flask bench`: the synthetic company that benchmarks run in."""

from __future__ import annotations

from math import inf

import click
from flask import current_app
from flask.cli import AppGroup

bench = AppGroup("bench", help="A synthetic company to measure with.")


@bench.command("fill")
@click.option("--customers", "count", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def fill(count: int, seed: int) -> None:
    """Fill an empty, migrated database with a company of so many customers."""
    from bench.databases import keep_password
    from bench.fill import NotEmpty, fill

    try:
        password = fill(
            count, seed, told=lambda done: click.echo(f"\r{done:,} of {count:,}", nl=False, err=True)
        )
    except NotEmpty as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(
        f"\r{count:,} customers. Everybody signs in with one password, for example admin1 or lead8.", err=True
    )
    click.echo(f"password: {password}")
    keep_password(current_app.extensions["huifang"].data, password)


@bench.command("pages")
@click.option("--only", default="", help="A part of the names of the pages.")
@click.option(
    "--slow", type=float, default=inf, help="Show statements that take so many ms, with their plans."
)
def pages(only: str, slow: float) -> None:
    """Say what each page takes, whoever opens it, in the company that is in the database."""
    from bench.pages import measured

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    for place, (name, costs) in enumerate(measured(app, only, slow)):
        if not place:
            click.echo(f"| page | {' | '.join(costs)} |\n|{'---|' * (len(costs) + 1)}")
        click.echo(f"| {name} | {' | '.join(map(str, costs.values()))} |")
        for who, cost in costs.items():
            for statement in cost.slow:
                click.echo(f"\n{who}: {statement}", err=True)


COMMANDS = (bench,)
