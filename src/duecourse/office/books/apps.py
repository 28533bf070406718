"""The Django app of the ledger books."""

from django.apps import AppConfig


class BooksConfig(AppConfig):
    """It has no tables of its own."""

    name = "duecourse.office.books"
    label = "books"
