"""The addresses of the diary, behind the office's door. `office.urls` takes them up."""

from __future__ import annotations

from django.urls import path

from duecourse.office.diary import day, queue_views, sign_views, views
from duecourse.office.pages.access import behind_the_door as inside

urlpatterns = [
    path("", inside(views.desk), name="desk"),
    *(path(f"today/{name}/", inside(views.section), {"name": name}, name=f"today-{name}") for name in day.LISTS),
    path("queue/", inside(queue_views.queue_page), name="queue"),
    path("queue/claim/", inside(queue_views.claim), name="queue-claim"),
    path("queue/answer/", inside(queue_views.answer), name="queue-answer"),
    path("sign/", inside(sign_views.sign), name="sign"),
    path("sign/<uuid:matter>/<slug:step>/", inside(sign_views.sheet), name="sign-sheet"),
]
