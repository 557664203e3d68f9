"""A small season of the demo: four themes, the campaigns that run, merchants that joined, and a bureau that pays."""

from canglian.web.services import Services


async def fill(services: Services, book: int) -> None:
    """Open the season, unless an earlier run has."""
    del services, book
