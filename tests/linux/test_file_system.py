"""A file system is made when somebody looks, and looks as if it had been there all the time."""

from __future__ import annotations

from netsandbox.engine.units import SECOND
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.files.inode import FileSystem, RegularFile


def test_what_an_image_brings_is_as_old_as_the_container() -> None:
    scheduler = Lab().scheduler
    scheduler.run_until(5 * SECOND)
    system = FileSystem(scheduler)
    system.furnish("/srv/www", {"index.html": b"hello"})
    scheduler.run_until(60 * SECOND)
    found = system.find("/srv/www/index.html")
    assert isinstance(found, RegularFile)
    assert (found.text, found.changed) == ("hello", 5 * SECOND)
    for path in ("/", "/srv", "/srv/www", "/tmp"):
        node = system.find(path)
        assert node is not None
        assert node.changed == 5 * SECOND, path


def test_a_directory_that_is_there_is_left_as_it_is() -> None:
    system = FileSystem(Lab().scheduler)
    system.add("/srv/www/mine", RegularFile(0, "mine"))
    system.furnish("/srv/www", {"index.html": b"hello"})
    assert system.find("/srv/www/index.html") is None
