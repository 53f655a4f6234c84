"""How an employee is known at the desk."""

from django.contrib.auth.backends import ModelBackend

from backoffice.core.db.spelled import Spelled
from backoffice.relations.models import Employee
from backoffice.relations.rights import give_access, roles_along


class DeskBackend(ModelBackend):
    """By e-mail address and password; of every request after that, who it is with all roles in one statement."""

    def get_user(self, user_id: int) -> Employee | None:
        for person in _with_roles(user_id):
            give_access(person, person.held)
            return person if self.user_can_authenticate(person) else None
        return None


@Spelled
def _with_roles(user_id: int):
    return Employee.objects.annotate(held=roles_along("pk")).filter(pk=user_id).order_by()
