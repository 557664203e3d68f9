"""Opening a book of the installation."""

from typing import Annotated

from msgspec import Meta

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.values import Name
from canglian.web.system.model import BookProfile

BookCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\Z", max_length=32, description="What people type: xincheng")]


class OpenBookProfile(Command[BookProfile], kind="house.open_book"):
    """Give a new book its number, code and name. Rejects ``book_profile.exists``."""

    code: BookCode
    name: Name

    def decide(self, book: Book) -> BookProfile:
        if book.find(BookProfile, "code", self.code):
            book.reject("book_profile.exists", code=self.code)
        number = book.next_number(BookProfile)
        book.emit("book.opened", f"book:{number}", number=number, code=self.code)
        return book.add(BookProfile(number, self.code, self.name, book.now))
