"""The Django app of documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Tables of documents."""

    name = "duecourse.office.documents"
    label = "documents"
