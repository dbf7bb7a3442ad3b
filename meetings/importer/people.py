"""Names -> people, for an import: who is known is read once, who is new is made in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings.minutes.vocabulary import key as name_key
from meetings.models import Person, PersonAlias


@dataclass(slots=True)
class Directory:
    """Everybody by the names and aliases they go by. A name that two people share names neither."""

    _ids: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def from_database(cls) -> Directory:
        """All people there are."""
        directory = cls()
        for key, pk in Person.objects.values_list("key", "pk"):
            directory._ids.setdefault(key, set()).add(pk)
        for key, pk in PersonAlias.objects.values_list("key", "person_id"):
            directory._ids.setdefault(key, set()).add(pk)
        return directory

    def find(self, name: str) -> int | None:
        """The one person of that name, or nobody."""
        found = self._ids.get(name_key(name), set())
        return next(iter(found)) if len(found) == 1 else None

    def learn(self, names: Iterable[tuple[str, str, str]]) -> list[Person | PersonAlias]:
        """Make a person of each (name, affiliation, initials) that nobody has, initials being an alias; return them."""
        new: dict[str, Person] = {}
        initials: dict[str, str] = {}
        for name, affiliation, short in names:
            key = name_key(name)
            if not key or key in self._ids:
                continue
            person = new.setdefault(key, Person(name=name[:120], key=key[:120]))
            person.affiliation = person.affiliation or affiliation[:120]
            if short:
                initials[key] = short
        people = Person.objects.bulk_create(new.values())
        for key, person in zip(new, people, strict=True):
            self._ids[key] = {person.pk}
        aliases = [
            PersonAlias(person_id=next(iter(self._ids[key])), text=short, key=name_key(short))
            for key, short in initials.items()
            if name_key(short) != key
        ]
        PersonAlias.objects.bulk_create(aliases)
        for alias in aliases:
            self._ids.setdefault(alias.key, set()).add(alias.person_id)
        return [*people, *aliases]
