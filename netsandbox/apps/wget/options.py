"""wget's command line: every option of GNU Wget 1.25 and of BusyBox's, and what it means here."""

from __future__ import annotations

import re

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

USUAL_TRIES = 20
GNU = OptionTable(
    "wget", 2, "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.",
    acts="V|version h|help q|quiet no-verbose no-clobber i|input-file= t|tries= O|output-document= "
    "S|server-response spider T|timeout= connect-timeout= header= max-redirect= post-data= post-file= method= "
    "body-data= referer= U|user-agent= P|directory-prefix= no-http-keep-alive",
    usual="v|verbose 4|inet4-only no-proxy no-check-certificate no-cache no-config no-netrc no-directories no-cookies "
    "no-hsts no-iri no-host-directories no-dns-cache no-parent no-glob hsts-file= F|force-html "
    "progress= dns-timeout= read-timeout= prefer-family=",
    idle="no-if-modified-since no-use-server-timestamps waitretry= restrict-file-names= ignore-case local-encoding= "
    "remote-encoding= unlink xattr secure-protocol= https-only certificate= certificate-type= private-key= "
    "private-key-type= ca-certificate= ca-directory= crl-file= pinnedpubkey= ciphers= show-progress report-speed= "
    "no-passive-ftp preserve-permissions retr-symlinks no-remove-listing ftps-implicit ftps-resume-ssl ftp-user= "
    "ftp-password= ftps-clear-data-connection ftps-fallback-to-ftp follow-ftp w|wait= random-wait compression= "
    "keep-session-cookies auth-no-challenge",
    refused="b|background e|execute= o|output-file= a|append-output= d|debug B|base= config= rejected-log= "
    "retry-connrefused retry-on-host-error retry-on-http-error= c|continue start-pos= N|timestamping Q|quota= "
    "bind-address= limit-rate= 6|inet6-only user= password= ask-password use-askpass= x|force-directories "
    "protocol-directories cut-dirs= http-user= http-password= default-page= E|adjust-extension ignore-length "
    "proxy-user= proxy-password= save-headers load-cookies= save-cookies= body-file= content-disposition "
    "content-on-error warc-file= warc-header= warc-max-size= warc-cdx warc-dedup= no-warc-compression no-warc-digests "
    "no-warc-keep-log warc-tempdir= r|recursive l|level= delete-after k|convert-links convert-file-only backups= "
    "K|backup-converted m|mirror p|page-requisites strict-comments A|accept= R|reject= accept-regex= reject-regex= "
    "regex-type= D|domains= exclude-domains= follow-tags= ignore-tags= H|span-hosts L|relative "
    "I|include-directories= trust-server-names X|exclude-directories=")
BUSYBOX = OptionTable(
    "wget", 1, usage("wget"),
    acts="q|quiet S|server-response spider O|output-document= T|timeout= header= post-data= post-file= U|user-agent= "
    "P|directory-prefix=",
    usual="no-check-certificate t|tries= Y|proxy=", refused="c|continue o|output-file=")
AFTER_N = {"v": "--no-verbose", "c": "--no-clobber", "d": "--no-directories", "H": "--no-host-directories",
           "p": "--no-parent"}
HELP = "GNU Wget 1.25.0, a non-interactive network retriever.\nUsage: wget [OPTION]... [URL]...\n\n" + GNU.usage()
VERSION = "GNU Wget 1.25.0 (netsandbox)"


class WgetOptions:
    """What is asked for.

    Attributes:
        output: the file to write, `-` for standard output, empty for the URL's own name.
        folder: where it goes.
        timeout: seconds, 0 for the usual ones.
        tries: so often; 0 for ever.
        keeps_alive: whether the server is asked to keep the connection.
        posts_file: whether what is posted is a file's.
        most_redirects: None for the usual number.
        shown: help or version, which is all that it does.
    """

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.quiet = self.spider = self.shows_response = self.is_terse = self.keeps_files = False
        self.keeps_alive, self.posts_file = True, False
        self.output = self.folder = self.method = self.shown = ""
        self.timeout = 0.0
        self.tries = USUAL_TRIES
        self.most_redirects: int | None = None
        self.headers: list[str] = []
        self.post: str | None = None
        self.notes: list[str] = []


def parse(arguments: list[str], is_gnu: bool, files: Files) -> WgetOptions:
    """Read a command line (UsageError: as wget words it)."""
    table = GNU if is_gnu else BUSYBOX
    read = table.read(_spelled_out(arguments) if is_gnu else arguments)
    options = WgetOptions()
    options.notes, options.urls = table.notes(read.given), read.operands
    options.quiet, options.spider = "quiet" in read, "spider" in read
    options.shows_response, options.is_terse = "server-response" in read, "no-verbose" in read
    options.keeps_files = "no-clobber" in read
    options.keeps_alive, options.posts_file = "no-http-keep-alive" not in read, "post-file" in read
    options.shown = HELP if "help" in read else VERSION if "version" in read else ""
    _set_values(options, read, files)
    if not options.urls and not options.shown:
        raise UsageError("wget: missing URL\n" + GNU.hint if is_gnu else BUSYBOX.hint, 1)
    return options


def _spelled_out(arguments: list[str]) -> list[str]:
    """With -nv and the like as long options."""
    words: list[str] = []
    for word in arguments:
        found = re.fullmatch(r"-([a-mo-zA-Z46]*)n([vcdHp]+)", word)
        before = [f"-{found[1]}"] if found is not None and found[1] else []
        words += [*before, *(AFTER_N[letter] for letter in found[2])] if found is not None else [word]
    return words


def _set_values(options: WgetOptions, read: Read, files: Files) -> None:
    values = read.values
    options.output, options.folder = values.get("output-document", ""), values.get("directory-prefix", "")
    for name in ("timeout", "connect-timeout"):
        if name in values:
            options.timeout = _seconds(name, values[name])
    tries = values.get("tries", "20")
    options.tries = 0 if tries == "inf" else int(tries) if re.fullmatch(r"\d{1,9}", tries, re.ASCII) else USUAL_TRIES
    if "max-redirect" in values:
        options.most_redirects = int(values["max-redirect"]) if values["max-redirect"].isdecimal() else 0
    options.method = values.get("method", "").upper()
    options.headers = [one.value for one in read.given if one.option.name == "header"]
    options.headers += [f"{title}: {values[name]}" for name, title in (
        ("user-agent", "User-Agent"), ("referer", "Referer")) if name in values]
    options.post = values.get("post-data", values.get("body-data"))
    if "body-data" in values and not options.method:
        raise UsageError("You must specify a method through --method=HTTPMethod to use with --body-data or "
                         "--body-file.\n" + GNU.hint, 2)
    if "post-file" in values:
        options.post = _read(values["post-file"], files)
    if "input-file" in values:
        options.urls += _read(values["input-file"], files).split()


def _read(name: str, files: Files) -> str:
    try:
        return files.read(name)
    except FileError as error:
        raise UsageError(f"{name}: {error}", 1) from None


def _seconds(name: str, text: str) -> float:
    try:
        return max(float(text.removesuffix("s")), 0.0)
    except ValueError:
        raise UsageError(f"wget: --{name}: Invalid time period ‘{text}’", 2) from None
