"""Addresses of customers, of set-up, and of switching branch. The way in is in urls_entry.py."""

from django.urls import path

from backoffice.relations.views import customer_dialog, customers, imports, journal, operator, profile, session, setup

app_name = "relations"
urlpatterns = [
    path("filiaal/wisselen/", session.switch_branch, name="switch_branch"),
    path("scanner/voorlooptoets/", session.scan_prefix, name="scan_prefix"),
    path("debiteuren/", customers.customers, name="customers"),
    path("debiteuren/nieuw/", customers.customer_new, name="customer_new"),
    path("debiteuren/bezorgadres/", customers.customer_address_row, name="customer_address_row"),
    path("debiteuren/kiezen/", customer_dialog.customer_options, name="customer_options"),
    path("debiteuren/kiezen/nieuw/", customer_dialog.customer_dialog, name="customer_dialog"),
    path("debiteuren/kiezen/opslaan/", customer_dialog.customer_create_dialog, name="customer_create_dialog"),
    path("debiteuren/<int:pk>/", customers.customer, name="customer"),
    path("debiteuren/<int:pk>/wijzigen/", customers.customer_edit, name="customer_edit"),
    path("debiteuren/<int:pk>/anonimiseren/", customers.customer_anonymise, name="customer_anonymise"),
    path("debiteuren/<int:pk>/kiezen/", customer_dialog.customer_choose, name="customer_choose"),
    path("debiteuren/importeren/", imports.upload, name="import"),
    path("debiteuren/importeren/<uuid:pk>/", imports.job, name="import_job"),
    path("debiteuren/importeren/<uuid:pk>/kolommen/", imports.columns, name="import_columns"),
    path("debiteuren/importeren/<uuid:pk>/starten/", imports.start, name="import_start"),
    path("debiteuren/importeren/<uuid:pk>/stoppen/", imports.stop, name="import_stop"),
    path("debiteuren/importeren/<uuid:pk>/voortgang/", imports.progress, name="import_progress"),
    path("profiel/", profile.profile, name="profile"),
    path("profiel/wachtwoord/", profile.change_password, name="profile_password"),
    path("profiel/pincode/", profile.change_pin, name="profile_pin"),
    path("profiel/tweede-stap/", profile.two_factor_page, name="two_factor"),
    path("profiel/tweede-stap/beginnen/", profile.two_factor_begin, name="two_factor_begin"),
    path("profiel/tweede-stap/uitzetten/", profile.two_factor_off, name="two_factor_off"),
    path("profiel/tweede-stap/herstelcodes/", profile.recovery_codes, name="recovery_codes"),
    path("beheer/", setup.setup, name="setup"),
    path("beheer/filialen/", setup.branches, name="branches"),
    path("beheer/filialen/nieuw/", setup.branch, name="branch_new"),
    path("beheer/filialen/<int:pk>/", setup.branch, name="branch"),
    path("beheer/filialen/<int:pk>/logo/", setup.branch_logo, name="branch_logo"),
    path("beheer/kassas/", setup.tills, name="tills"),
    path("beheer/kassas/nieuw/", setup.till, name="till_new"),
    path("beheer/kassas/<int:pk>/", setup.till, name="till"),
    path("beheer/journaal/", journal.journal, name="journal"),
    path("beheer/systeem/", operator.system, name="system"),
    path("beheer/systeem/berichten/<int:pk>/opnieuw/", operator.outbox_retry, name="outbox_retry"),
    path("beheer/medewerkers/", setup.employees, name="employees"),
    path("beheer/medewerkers/nieuw/", setup.employee, name="employee_new"),
    path("beheer/medewerkers/<int:pk>/", setup.employee, name="employee"),
    path("beheer/medewerkers/<int:pk>/tweede-stap/wissen/", setup.two_factor_reset, name="two_factor_reset"),
]
