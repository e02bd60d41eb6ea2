import pytest

from license_lib.errors import InputError
from verify_api.access import (
    ANONYMOUS,
    PERMISSIONS,
    Action,
    Auditor,
    ClientSystem,
    Department,
    Grant,
    Person,
    Principal,
    Role,
    Staff,
)
from verify_api.access.permissions import Asked
from verify_api.problems import Problem

MARKET = Department("market", "白银市市场监督管理局（样例）")


def person(*roles: Role) -> Person:
    return Person(login="li.wei", name="李伟", department=MARKET, roles=frozenset(roles))


def client(*grants: str) -> ClientSystem:
    return ClientSystem(client="tax-desk", department=MARKET, grants=frozenset(map(Grant.parse, grants)))


def asked(name: str, who: Principal) -> Principal:
    permission = PERMISSIONS[name]
    assert isinstance(permission, Asked)
    return permission(who)


def refused(name: str, who: Principal) -> Problem:
    with pytest.raises(Problem) as caught:
        asked(name, who)
    return caught.value


def test_a_person_of_several_roles_acts_in_that_of_the_route() -> None:
    both = person(Role.STAFF, Role.AUDITOR)
    assert type(asked("Looker", both)) is Staff
    assert type(asked("Watcher", both)) is Auditor
    assert asked("SignedIn", both) == both


@pytest.mark.parametrize("name", [name for name, one in PERMISSIONS.items() if not one.anonymous])
def test_who_has_not_said_who_they_are_is_asked_to(name: str) -> None:
    problem = refused(name, ANONYMOUS)
    assert (problem.code, problem.kind.status) == ("access.unknown", 401)
    assert problem.headers["WWW-Authenticate"] == 'Bearer realm="license"'


def test_another_role_does_not_do() -> None:
    assert refused("Looker", person(Role.ADMINISTRATOR, Role.AUDITOR)).code == "access.role"
    assert refused("Admin", person(Role.STAFF)).kind.status == 403
    assert refused("Watcher", person(Role.STAFF)).code == "access.role"


def test_a_program_needs_a_grant_of_the_action() -> None:
    looking = client("look:food-business")
    assert asked("Looker", looking) is looking
    problem = refused("Exporter", looking)
    assert problem.code == "access.scope"
    assert problem.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="export:*"')
    assert refused("Counter", client("look:*", "export:*")).code == "access.program"


def test_a_grant_is_for_its_types() -> None:
    looking = client("look:food-business", "export:*")
    assert looking.may(Action.LOOK, "food-business")
    assert not looking.may(Action.LOOK, "birth-certificate")
    assert looking.may(Action.EXPORT, "birth-certificate")
    assert looking.allowed(Action.LOOK, ["food-business", "birth-certificate"]) == {"food-business"}


def test_a_use_is_in_the_name_of_who_asks() -> None:
    use = person(Role.STAFF).use(purpose="办理开业", item="A-1", place="3号窗口")
    assert (use.actor, use.body, use.item, use.place) == ("li.wei", MARKET.name, "A-1", "3号窗口")
    assert client("look:*").use(purpose="比对").actor == "tax-desk"


def test_there_is_no_use_without_a_purpose() -> None:
    with pytest.raises(InputError) as caught:
        person(Role.STAFF).use(purpose=" ")
    assert caught.value.code == "usage.purpose-missing"


@pytest.mark.parametrize("text", ["look", "look:", "look:A", "fly:*", "look:* export:*", ":", "look:**"])
def test_what_is_no_grant_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Grant.parse(text)
    assert caught.value.code == "client.grant"
    assert str(Grant.parse("look:*")) == "look:*"
