"""`flask bench`: the synthetic company that benchmarks run in."""

from __future__ import annotations

import click
from flask.cli import AppGroup

bench = AppGroup("bench", help="A synthetic company to measure with.")


@bench.command("fill")
@click.option("--customers", "count", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def fill(count: int, seed: int) -> None:
    """Fill an empty, migrated database with a company of so many customers."""
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


COMMANDS = (bench,)
