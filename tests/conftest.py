"""The named cast as fixtures, signed-in clients, and a way to let the facts arrive."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import setup_databases
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from market.parties.models import Party, User
from market.trail import journal
from market.trail.models import Delivery
from tests import effort, people
from tests.guards import let_tests_begin_anew, let_tests_bid_in_their_own_transaction, remember

let_tests_begin_anew()
let_tests_bid_in_their_own_transaction()
# How fast a machine draws examples says nothing about the product.
settings.register_profile(
    "house", max_examples=effort.tries(175), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever draws its cases is a proof: `deploy/test proofs` draws more."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.proof)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The test database; of several processes the first migrates one, and each takes a copy."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    with django_db_blocker.unblock():
        if worker is None:
            _with_the_cast()
        else:
            _take_a_copy(tmp_path_factory.getbasetemp().parent, worker)
        remember()
    yield
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(verbosity=0)


def _with_the_cast() -> None:
    """Migrate the test database and bring the cast in, once for all tests."""
    setup_databases(verbosity=0, interactive=False)
    for come in people.CAST:
        come()


def _take_a_copy(run: Path, worker: str) -> None:
    """Go on with a copy of the database of `run` (the directory its processes share), which the first of them makes."""
    made, creation = run / "database", connection.creation
    with (run / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _with_the_cast()
            connection.close()  # PostgreSQL copies no database that somebody uses
            made.write_text(connection.settings_dict["NAME"])
        connection.settings_dict["NAME"] = made.read_text()
        creation.clone_test_db(worker, verbosity=0)
    connection.settings_dict.update(creation.get_test_db_clone_settings(worker))
    connection.close()


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A test begins in the default language, whatever language the last request left behind."""
    translation.deactivate()


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a module's own fixtures make with this one every test of it finds again, as fresh as at first: each test rolls
    back to it, and the module's end rolls it back. Not for tests that commit."""
    with django_db_blocker.unblock():
        atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]  # the one that every test's own goes into
        yield
        TestCase._rollback_atomics(atomics)  # type: ignore[attr-defined]


@pytest.fixture
def registrar(db: None) -> User:
    """The platform's staff, who verify agencies."""
    return people.registrar()


@pytest.fixture
def jida(db: None) -> Party:
    """吉林大学, the seller."""
    return people.jilin_university()


@pytest.fixture
def li_wei(jida: Party) -> User:
    """Owner of 吉林大学's place on the market."""
    return User.objects.get(username="li_wei")


@pytest.fixture
def agency(db: None) -> Party:
    """长春知识产权运营中心, licensed for auctions and operation."""
    return people.changchun_agency()


@pytest.fixture
def zhou_min(agency: Party) -> User:
    """The agency's owner and auctioneer."""
    return User.objects.get(username="zhou_min")


@pytest.fixture
def agent_chen(agency: Party) -> User:
    """The agency's agent."""
    return User.objects.get(username="agent_chen")


@pytest.fixture
def finance_sun(agency: Party) -> User:
    """The agency's finance officer."""
    return User.objects.get(username="finance_sun")


@pytest.fixture
def anne_co(db: None) -> Party:
    """Anne's company, a buyer."""
    return people.anne_co()


@pytest.fixture
def anne(anne_co: Party) -> User:
    """Owner of anne_co."""
    return people.owner_of(anne_co)


@pytest.fixture
def bob_co(db: None) -> Party:
    """Bob's company, a buyer."""
    return people.bob_co()


@pytest.fixture
def bob(bob_co: Party) -> User:
    """Owner of bob_co."""
    return people.owner_of(bob_co)


@pytest.fixture
def carol_co(db: None) -> Party:
    """Carol's company, a buyer."""
    return people.carol_co()


@pytest.fixture
def carol(carol_co: Party) -> User:
    """Owner of carol_co."""
    return people.owner_of(carol_co)


@pytest.fixture
def mallory_co(db: None) -> Party:
    """A verified company that has nothing to do with anything."""
    return people.mallory_co()


@pytest.fixture
def mallory(mallory_co: Party) -> User:
    """The stranger: signed in, verified, and no business of hers."""
    return people.owner_of(mallory_co)


@pytest.fixture
def ip_office(db: None) -> Party:
    """吉林省知识产权局, the regulator."""
    return people.ip_office()


@pytest.fixture
def regulator(ip_office: Party) -> User:
    """An officer of the regulator, who reads only."""
    return people.owner_of(ip_office)


@pytest.fixture
def client_of(db: None) -> Callable[[User], Client]:
    """client_of(user): a browser signed in as `user`, reading English; client_of(None) is nobody."""

    def signed_in(user: User | None) -> Client:
        client = Client(headers={"accept-language": "en"})
        if user is not None:
            client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def deliver(db: None) -> Callable[[], None]:
    """deliver(): let every recorded fact reach its handlers; fails when one of them failed."""

    def all_due() -> None:
        while journal.deliver_due():
            pass
        failed = Delivery.objects.exclude(error="").exclude(state=Delivery.State.DONE).first()
        assert failed is None, f"{failed}: {failed.error}"

    return all_due
