"""What `manage.py check --deploy` says about database and mail."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def two_roles(app_configs, **kwargs):
    owner = settings.DATABASE_OWNER
    if not owner or owner["USER"] != settings.DATABASES["default"]["USER"]:
        return []
    return [
        Warning(
            "DATABASE_OWNER_URL is not set, or names the same role as DATABASE_URL.",
            hint="Let the application serve under a role that owns nothing, and migrate under another.",
            id="toonbank.W001",
        )
    ]


@register(Tags.security, deploy=True)
def mail_leaves(app_configs, **kwargs):
    if not settings.MAIL_OFF:
        return []
    return [
        Warning(
            "EMAIL_URL is not set, or is console: no mail leaves, and whoever mails is told so.",
            hint="EMAIL_URL=smtp://user:password@host:587?tls=1",
            id="toonbank.W003",
        )
    ]
