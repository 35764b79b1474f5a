"""Who may do what with a drawn company, said again in a few lines that share no code with the application."""

from __future__ import annotations

from tests.oracle.drawing import ALL, BRANCH, TEAM, TODAY, Company

FOR_HELPERS = {
    "customers:see", "customers:clear", "interactions:log", "office:files", "office:notes", "sales:see",
}  # fmt: skip
FOR_WRITING_HELPERS = {"customers:edit", "customers:edit-points", "sales:edit"}
LET_IN, REFUSED, NOT_FOUND = "let in", "refused", "not found"


class Oracle:
    """Answers for one drawn company."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def scope(self, person: int, right: str) -> int:
        """The widest scope of a right that somebody's roles give them, 0 for none."""
        roles = [self.company.roles[number] for number in self.company.people[person].roles]
        return max((role.grants.get(right) or 0 for role in roles), default=0)

    def below(self, team: int | None, above: int) -> bool:
        """Whether a team is another or stands somewhere beneath it."""
        while team is not None and team != above:
            team = self.company.parents[team]
        return team == above

    def holds(self, person: int, right: str, file: int) -> bool:
        """Whether somebody holds a right on a file, wherever the file lies."""
        scope, record = self.scope(person, right), self.company.files[file]
        if scope == 0:
            return False
        teams = self.company.people[person].teams
        return (
            record.owner == person
            or (person in record.helpers and right in FOR_HELPERS)
            or (record.helpers.get(person, False) and right in FOR_WRITING_HELPERS)
            or (scope >= TEAM and record.team in teams)
            or (scope >= BRANCH and any(self.below(record.team, team) for team in teams))
            or scope == ALL
        )

    def sees(self, person: int, file: int) -> bool:
        """Whether somebody sees a living file."""
        return not self.company.files[file].deleted and self.holds(person, "customers:see", file)

    def reads_numbers(self, person: int, file: int) -> bool:
        """Whether somebody sees the numbers of a file in clear."""
        return self.sees(person, file) and self.holds(person, "customers:clear", file)

    def may(self, person: int, right: str, file: int, door: tuple[str, ...] = ()) -> str:
        """What an act by a right on a file meets with; `door`: the rights of which one opens the address."""
        if not any(self.scope(person, needed) for needed in door or (right,)):
            return REFUSED
        if not self.sees(person, file):
            return NOT_FOUND
        return LET_IN if self.holds(person, right, file) else REFUSED

    def may_erase(self, person: int, file: int) -> str:
        """What the erasure of a file meets with: it reaches into the bin, for whoever would see the file out of it."""
        if not self.company.files[file].deleted:
            return self.may(person, "customers:erase", file)
        if not self.scope(person, "customers:erase"):
            return REFUSED
        if not self.holds(person, "customers:see", file):
            return NOT_FOUND
        return LET_IN if self.holds(person, "customers:erase", file) else REFUSED

    def may_ask(self, person: int, right: str, file: int) -> str:
        """What asking for an act on a file meets with: for whoever sees it, and may do or ask for such acts."""
        if self.may(person, "customers:see", file) != LET_IN:
            return self.may(person, "customers:see", file)
        roles = [self.company.roles[number] for number in self.company.people[person].roles]
        return LET_IN if any(right in role.grants for role in roles) else REFUSED

    def sees_purchases(self, person: int, file: int) -> bool:
        """Whether somebody sees what a living file bought, with its name: that right has its own scope."""
        return not self.company.files[file].deleted and self.holds(person, "sales:see", file)

    def may_sell(self, person: int, right: str, file: int) -> str:
        """What an act by a right on the purchases of a file meets with."""
        if not self.scope(person, right):
            return REFUSED
        if not self.sees_purchases(person, file):
            return NOT_FOUND
        return LET_IN if self.holds(person, right, file) else REFUSED

    def may_merge(self, person: int, files: tuple[int, ...]) -> str:
        """What an act on several files at once meets with: the first that is not theirs decides."""
        met = [self.may(person, "customers:merge", file) for file in files]
        return next((each for each in met if each != LET_IN), LET_IN)

    def known(self, person: int) -> set[int]:
        """The files whose name somebody may read anywhere: in the bin, in a history and on a purchase too."""
        files = range(len(self.company.files))
        return {n for n in files if self.holds(person, "customers:see", n) or self.sees_purchases(person, n)}

    def seen(self, person: int, right: str = "customers:see") -> set[int]:
        """The living files that somebody sees and on which they hold a right."""
        files = range(len(self.company.files))
        return {file for file in files if self.sees(person, file) and self.holds(person, right, file)}

    def binned(self, person: int) -> set[int]:
        """The deleted files that somebody may take out of the bin."""
        return {
            number
            for number, file in enumerate(self.company.files)
            if file.deleted
            and self.holds(person, "customers:see", number)
            and self.holds(person, "customers:bin", number)
        }

    def due(self, person: int) -> set[int]:
        """The own files that are due today."""
        return {
            number
            for number in self.seen(person)
            if (file := self.company.files[number]).owner == person
            and file.due is not None
            and file.due <= TODAY
        }

    def receivers(self, person: int) -> set[int]:
        """To whom somebody may give a file: whoever sees customers, and whose main team the right reaches."""
        scope, teams = self.scope(person, "customers:assign"), self.company.people[person].teams
        reached = {
            team for team in range(len(self.company.parents)) if any(self.below(team, own) for own in teams)
        }
        within = set(teams) if scope == TEAM else reached
        return {
            number
            for number, other in enumerate(self.company.people)
            if number == person
            or (
                self.scope(number, "customers:see")
                and (scope == ALL or (scope > 1 and other.teams[0] in within))
            )
        }
