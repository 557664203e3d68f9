"""Views of lists under a name, and the columns that a user chose. Who asks is the actor: a view has one owner."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.sealed import Sealed
from canglian.kernel.values import BookNumber, Name
from canglian.web.system.model import ColumnChoice, SavedView

ListName = Annotated[str, Meta(pattern=r"^[a-z][a-z-]{0,39}\Z")]
Columns = Annotated[list[Annotated[str, Meta(pattern=r"^[a-z_]{1,40}\Z")]], Meta(max_length=50)]

VIEWS_MAX = 200
"""How many views a user keeps, of all lists."""


class SaveView(Command[SavedView], kind="house.save_view"):
    """Keep a list as it is under a name; an own view of this name is replaced. Rejects ``saved_view.too_many``."""

    of_book: BookNumber
    of_list: ListName
    name: Name
    query: Sealed
    shared: bool = False

    def decide(self, book: Book) -> SavedView:
        own = [view for view in book.find(SavedView, "owner", book.actor) if view.removed_at is None]
        for view in own:
            if (view.of_book, view.of_list, view.name) == (self.of_book, self.of_list, self.name):
                return book.put(view.replace(query=self.query, shared=self.shared, saved_at=book.now))
        if len(own) >= VIEWS_MAX:
            book.reject("saved_view.too_many", most=VIEWS_MAX)
        number = book.next_number(SavedView)
        return book.add(
            SavedView(
                id=number,
                owner=book.actor,
                of_book=self.of_book,
                of_list=self.of_list,
                name=self.name,
                query=self.query,
                shared=self.shared,
                saved_at=book.now,
                removed_at=None,
            )
        )


class ChangeView(Command[SavedView], kind="house.change_view"):
    """Rename a view, share it, or keep it to oneself.

    Rejects ``saved_view.not_found``, also for what is another's and not shared, and ``saved_view.foreign``.
    """

    view: int
    of_book: BookNumber
    name: Name | UnsetType = UNSET
    shared: bool | UnsetType = UNSET

    def decide(self, book: Book) -> SavedView:
        view = own_view(book, self.view, self.of_book)
        name = view.name if self.name is UNSET else self.name
        return book.put(view.replace(name=name, shared=view.shared if self.shared is UNSET else self.shared))


class RemoveView(Command[SavedView], kind="house.remove_view"):
    """Remove a view. ``administers`` says that who asks administers the book, and may remove shared ones of others.

    Rejects ``saved_view.not_found`` and ``saved_view.foreign``.
    """

    view: int
    of_book: BookNumber
    administers: bool = False

    def decide(self, book: Book) -> SavedView:
        view = own_view(book, self.view, self.of_book, administers=self.administers)
        return book.put(view.replace(query=None, removed_at=book.now))


class ChooseColumns(Command[ColumnChoice], kind="house.choose_columns"):
    """The columns of a list that who asks wants to see, everywhere where they log in."""

    of_list: ListName
    columns: Columns

    def decide(self, book: Book) -> ColumnChoice:
        choice = ColumnChoice(f"{book.actor}:{self.of_list}", list(self.columns))
        known = book.maybe(ColumnChoice, choice.id)
        return book.add(choice) if known is None else book.put(choice)


def own_view(book: Book, number: int, of_book: int, *, administers: bool = False) -> SavedView:
    """A view that who asks may change."""
    view = book.maybe(SavedView, number)
    is_seen = view is not None and view.of_book == of_book and (view.shared or view.owner == book.actor)
    if view is None or not is_seen or view.removed_at is not None:
        book.reject("saved_view.not_found", saved_view=number)
    if view.owner != book.actor and not administers:
        book.reject("saved_view.foreign")
    return view
