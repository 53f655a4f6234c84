"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from backoffice.core.limit import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
application = limited(get_wsgi_application())
