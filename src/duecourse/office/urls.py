"""The addresses behind the door. Every one refuses whoever is not signed in (`access.behind_the_door`)."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from duecourse.office.diary import urls as diary
from duecourse.office.pages import accounts, appointing, documents, files, matters, record, reports, steps
from duecourse.office.pages.access import behind_the_door as inside
from duecourse.office.party import urls as party
from duecourse.ui import showcase


class WhichFile(StringConverter):
    """One of the files of a document."""

    regex = "|".join(documents.FILES)


register_converter(WhichFile, "file")

_MATTER = "matters/<uuid:matter>/"
_DOCUMENT = _MATTER + "documents/<uuid:document>/"

urlpatterns = [
    *diary.urlpatterns,
    path("matters/", inside(matters.matters), name="matters"),
    path("reports/", inside(reports.reports), name="reports"),
    path("components/", inside(showcase.page), {"base": "ui/base_office.html"}, name="components"),
    path("accounts/", inside(accounts.accounts), name="accounts"),
    path("accounts/new/", inside(appointing.create), name="account-create"),
    path("accounts/<uuid:account>/", inside(accounts.account), name="account-of"),
    path("accounts/<uuid:account>/<slug:act>/", inside(appointing.act), name="account-act"),
    path("open/<slug:procedure>/", inside(steps.opening), name="open"),
    path(_MATTER, inside(matters.matter), name="matter"),
    path(_MATTER + "steps/<slug:step>/", inside(steps.step), name="step"),
    path(_MATTER + "steps/<slug:step>/opinion/", inside(steps.opinion), name="opinion"),
    path(_MATTER + "exhibits/add/", inside(files.exhibit), name="exhibit-add"),
    path(_MATTER + "exhibits/<uuid:exhibit>/", inside(files.exhibit_file), name="exhibit-file"),
    path(_DOCUMENT + "seal/", inside(documents.seal), name="document-seal"),
    path(_DOCUMENT + "scan-back/", inside(documents.scan_back), name="document-scan-back"),
    path(_DOCUMENT + "<file:which>/", inside(documents.download), name="document-file"),
    path(_DOCUMENT + "<file:which>/proof/", inside(documents.proof), name="document-proof"),
    *party.urlpatterns,
    path(_MATTER + "record/<int:index>/proof/", inside(record.proof), name="entry-proof"),
]
