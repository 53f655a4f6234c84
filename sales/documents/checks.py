"""What `manage.py check --deploy` says about papers."""

from django.core.checks import Error, register

from sales.documents import pdf


@register(deploy=True)
def pango(app_configs, **kwargs):
    if not (told := pdf.missing()):
        return []
    hint = "On Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    return [Error(f"No PDF can be made, so no mail and no export of one either: {told}", hint=hint, id="toonbank.E001")]
