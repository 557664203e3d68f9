"""The console's toolkit: pages, lists, forms, charts, and how errors look to a person.

A room's console handlers are plain functions that ask ``pages`` to render. They translate and decide nothing.
"""

from canglian.web.columns import Column
from canglian.web.console import plain
from canglian.web.console.charts import Chart
from canglian.web.console.filters import Choice, Filter
from canglian.web.console.lists import ListSpec, list_page
from canglian.web.console.pages import Pages

__all__ = ["Chart", "Choice", "Column", "Filter", "ListSpec", "Pages", "list_page", "plain"]
