"""What `manage.py check --deploy` says about who is counted when passwords are guessed."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs, **kwargs):
    """Where a proxy is known of, but not that it names the browser's address."""
    if settings.PROXY_COUNT or not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return []
    return [
        Warning(
            "PROXY_COUNT is not set, although PROXY_SSL_HEADER names a proxy: wrong passwords are counted for all"
            " browsers together.",
            hint="Let the proxy add to X-Forwarded-For, and set PROXY_COUNT to the number of proxies.",
            id="toonbank.W002",
        )
    ]
