"""What the demonstration company notes of its customers beyond the usual, and of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from blueprints.customers.actions import Sent
from blueprints.customers.models import Customer
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.plain import File
from blueprints.office import actions as office

MOST = 36
FIELDS: tuple[dict[str, Any], ...] = (
    {"type": "number", "label_zh": "打印机台数", "label_en": "Printers", "help_zh": "合同内的设备"},
    {
        "type": "date",
        "label_zh": "合同到期日",
        "label_en": "Contract ends",
        "shown_when": {"status": ["active", "dormant"]},
    },
    {
        "type": "single_choice",
        "label_zh": "付款方式",
        "label_en": "Payment",
        "more_choices": [
            ("现结", "cash"),
            ("月结30天", "30 days"),
            ("月结60天", "60 days"),
            ("预付", "prepaid"),
        ],
    },
)


def define() -> None:
    """Give customers these fields."""
    for field in FIELDS:
        office.create_field(
            Customer.__tablename__, {"help_zh": None, "help_en": None, "shown_when": {}, **field}
        )


def filled(files: Iterable[File], days: Days) -> Iterator[tuple[File, Sent]]:
    """What is known of the customers who buy, taken over with the old list."""
    buying = [file for file in files if file.columns["status"] == "active" and file.born >= INTRODUCED]
    for n, file in enumerate(buying[:MOST]):
        yield (
            file,
            Sent(
                {
                    "custom_printers": [str(2 + n * 7 % 43)],
                    "custom_contract_ends": [days.day(-(20 + n * 37 % 420)).isoformat()],
                    "custom_payment": [str(1 + n % 4)],
                }
            ),
        )
