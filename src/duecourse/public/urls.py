"""The addresses of the public site. None of them ever holds a code or a word that a reporter wrote."""

from __future__ import annotations

from django.urls import path

from duecourse.public import home
from duecourse.public.figures import views as figures
from duecourse.public.party import urls as party
from duecourse.public.procedures import views as procedures
from duecourse.public.proofs import views as proofs
from duecourse.public.register import open_data as register_data
from duecourse.public.register import views as register
from duecourse.public.reporting import conversation, follow_up, parts
from duecourse.public.reporting import views as reporting
from duecourse.ui import showcase

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("about/", home.about, name="about"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("components/", showcase.page, {"base": "ui/base_public.html"}, name="components"),
    path("about/data/", home.data, name="about-data"),
    path("report/", reporting.report, name="report"),
    path("report/part/", parts.part, name="part"),
    path("report/under-18/", home.children, name="children"),
    path("report/elsewhere/", home.elsewhere, name="elsewhere"),
    path("report/lost-code/", follow_up.lost_code, name="lost-code"),
    path("report/code.svg", follow_up.code_picture, name="code-picture"),
    path("report/address.svg", follow_up.address_picture, name="address-picture"),
    path("report/message/", conversation.message, name="message"),
    path("report/withdraw/", conversation.withdraw, name="withdraw"),
    path("report/receipt/", follow_up.receipt, name="receipt"),
    path("report/receipt.json", follow_up.receipt_file, name="receipt-file"),
    path("report/follow-up/", follow_up.follow_up, name="follow-up"),
    path("report/status/", follow_up.status, name="status"),
    path("report/leave/", follow_up.leave, name="leave"),
    *party.urlpatterns,
    path("register/", register.index, name="register"),
    path("register/feed.xml", register_data.feed, name="register-feed"),
    path("register/register.json", register_data.as_json, name="register-json"),
    path("register/register.csv", register_data.as_csv, name="register-csv"),
    path("register/<uuid:item>/", register.item, name="register-item"),
    path("register/<uuid:item>/document", register.document, name="register-document"),
    path("register/<uuid:item>/proof/<uuid:stream>/<int:index>", register.proof, name="register-proof"),
    path("procedures/", procedures.index, name="procedures"),
    path("procedures/feed.xml", procedures.feed, name="procedures-feed"),
    path("procedures/<slug:procedure>/procedure.json", procedures.as_json, name="procedure-json"),
    path("procedures/<slug:procedure>/", procedures.procedure, name="procedure"),
    path("procedures/<slug:procedure>/chart.svg", procedures.chart, name="procedure-chart"),
    path("figures/", figures.index, name="figures"),
    path("figures/figures.json", figures.as_json, name="figures-json"),
    path("figures/figures.csv", figures.as_csv, name="figures-csv"),
    path("contact/", home.contact, name="contact"),
    path("proofs/", proofs.index, name="proofs"),
    path("proofs/verify.html", proofs.verifier, name="verifier"),
    path("proofs/heads.json", proofs.heads, name="heads"),
    path("proofs/vkey", proofs.vkey, name="vkey"),
    path("proofs/checkpoint", proofs.checkpoint, name="checkpoint"),
    path("proofs/<path:tile>", proofs.tile, name="tile"),
]
