"""Why a backup or a restore is refused: commands end with the sentence, which says what to do."""

from __future__ import annotations

from click import ClickException


class BackupRefused(ClickException):
    """Nothing was done, and nothing was changed."""


class BrokenBackup(BackupRefused):
    """The file is not as it was written."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The backup is broken: {what}. Nothing was changed. Take another file.")


class BadPassphrase(BackupRefused):
    """The passphrase does not open the file."""

    def __init__(self) -> None:
        super().__init__("The passphrase is not the one of this backup. Nothing was changed. Try again.")
