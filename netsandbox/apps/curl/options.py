"""curl's command line: every option of curl 8.14, and what it means here."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

from netsandbox.apps.curl.glob import Wanted
from netsandbox.apps.option_table import Given, Option, OptionTable
from netsandbox.apps.program import Program, UsageError
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.tcp.state import Keepalive

TRY = "curl: try 'curl --help' or 'curl --manual' for more information"
TABLE = OptionTable(
    "curl", 2, TRY,
    acts="compressed connect-timeout= connect-to= b|cookie= create-dirs d|data= data-ascii= data-binary= data-raw= "
    "data-urlencode= D|dump-header= f|fail fail-early fail-with-body g|globoff G|get I|head H|header= 0|http1.0 "
    "include interface= json= L|location location-trusted max-redirs= m|max-time= oauth2-bearer= o|output= "
    "output-dir= keepalive keepalive-cnt= keepalive-time= x|proxy= "
    "expect100-timeout= http0.9 post301 post302 post303 r|range= Z|parallel parallel-immediate parallel-max= "
    "e|referer= O|remote-name remote-name-all X|request= request-target= resolve= retry= "
    "retry-all-errors retry-connrefused retry-delay= S|show-error i|show-headers s|silent url= url-query= u|user= "
    "A|user-agent= v|verbose w|write-out= progress-meter h|help? V|version",
    usual="basic N|buffer q|disable k|insecure 4|ipv4 noproxy= path-as-is tcp-nodelay B|use-ascii "
    "http2 http1.1 proto-default= a|append",
    idle="alpn alt-svc= ca-native cacert= capath= E|cert= cert-status cert-type= ciphers= compressed-ssh crlf crlfile= "
    "curves= delegation= disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure egd-file= "
    "false-start form-escape ftp-account= ftp-alternative-to-user= ftp-create-dirs ftp-method= "
    "ftp-pasv P|ftp-port= ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-ccc-mode= ftp-ssl-control "
    "happy-eyeballs-timeout-ms= hostpubmd5= hostpubsha256= ipfs-gateway= j|junk-session-cookies "
    "key= key-type= krb= l|list-only login-options= mail-auth= mail-from= mail-rcpt= "
    "mail-rcpt-allowfails metalink netrc-optional npn ntlm-wb pass= "
    "pinnedpubkey= #|progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-cacert= proxy-capath= proxy-cert= "
    "proxy-cert-type= proxy-ciphers= proxy-crlfile= proxy-digest proxy-http2 proxy-insecure proxy-key= proxy-key-type= "
    "proxy-negotiate proxy-ntlm proxy-pass= proxy-pinnedpubkey= proxy-service-name= proxy-ssl-allow-beast "
    "proxy-ssl-auto-client-cert proxy-tls13-ciphers= proxy-tlspassword= proxy-tlsuser= proxy-tlsv1 pubkey= Q|quote= "
    "random-file= R|remote-time remove-on-error sasl-authzid= sasl-ir service-name= sessionid sigalgs= "
    "socks5-basic socks5-gssapi socks5-gssapi-nec socks5-gssapi-service= ssl ssl-allow-beast ssl-auto-client-cert "
    "ssl-no-revoke ssl-reqd ssl-revoke-best-effort 2|sslv2 3|sslv3 styled-output suppress-connect-headers "
    "tcp-fastopen t|telnet-option= tftp-blksize= tftp-no-options tls-earlydata tls-max= tls13-ciphers= tlspassword= "
    "tlsuser= 1|tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding xattr",
    refused="abstract-unix-socket= anyauth aws-sigv4= clobber K|config= C|continue-at= c|cookie-jar= "
    "create-file-mode= digest doh-url= dump-ca-embed engine= etag-compare= etag-save= F|form= form-string= "
    "haproxy-clientip= haproxy-protocol hsts= http2-prior-knowledge http3 http3-only ignore-content-length ip-tos= "
    "6|ipv6 libcurl= limit-rate= local-port= M|manual max-filesize= mptcp negotiate n|netrc netrc-file= :|next ntlm "
    "preproxy= proto= proto-redir= proxy-header= U|proxy-user= proxy1.0= p|proxytunnel rate= raw "
    "J|remote-header-name retry-max-time= skip-existing socks4= socks4a= socks5= socks5-hostname= Y|speed-limit= "
    "y|speed-time= stderr= z|time-cond= trace= trace-ascii= trace-config= trace-ids trace-time unix-socket= "
    "T|upload-file= variable= vlan-priority=")
UNSUPPORTED = frozenset({"dns-interface", "dns-ipv4-addr", "dns-ipv6-addr", "dns-servers", "ech", "proxy-tlsauthtype",
                         "tlsauthtype", "ssl-sessions"})
"""What needs another libcurl than a Debian has."""
DEPRECATED = frozenset({"egd-file", "metalink", "npn", "ntlm-wb", "random-file"})
ONE_WAY = re.compile("anyauth|ftp-pasv|http[123].*|ipv[46]|next|proxy-tlsv1|sslv.|tlsv1.*|help|version|manual")
"""Flags that have no --no- form."""
SYNONYMS = {"include": "show-headers", "location-trusted": "location", "data-ascii": "data"}
REPEATED = frozenset({"header", "resolve", "url", "output", "connect-to", "url-query"})
NUMBERS = frozenset({"max-time", "connect-timeout", "retry-delay", "expect100-timeout"})
WHOLE = frozenset({"keepalive-time", "keepalive-cnt", "retry", "max-redirs", "parallel-max"})
FILE_ERROR = 26
KEEPALIVE_TIME, KEEPALIVE_COUNT = 60, 9  # Seconds, and probes (lib/url.c)
BOTH_METHODS = ("Warning: You can only select one HTTP request method! You asked for both POST \n"
                "Warning: (-d, --data) and HEAD (-I, --head).")
NO_DASH = "Warning: A specified range MUST include at least one dash (-). Appending one \nWarning: for you"
NO_RANGE = ("Warning: Invalid character is found in given range. A specified range MUST \n"
            "Warning: have only digits in 'start'-'stop'. The server's response to this \n"
            "Warning: request is uncertain.")
HEAD_BY_HAND = ("Warning: Setting custom HTTP method to HEAD with -X/--request may not work the \n"
                "Warning: way you want. Consider using -I/--head instead.")


class CurlOptions:
    """What is asked for."""

    def __init__(self) -> None:
        self.flags: set[str] = {"progress-meter", "keepalive"}  # long names of flags
        self.values: dict[str, str] = {}  # the last value by long name
        self.lists: dict[str, list[str]] = {name: [] for name in REPEATED}  # all values of what may be repeated
        self.data: list[str] = []  # the parts of a request's body, joined by &
        self.urls: list[Wanted] = []
        self.warnings: list[str] = []  # curl's own, which -s hides
        self.notes: list[str] = []  # what is said about options that mean nothing here

    @property
    def keepalive(self) -> Keepalive | None:
        """What it asks of its sockets: after a minute of silence a probe each minute, if nothing else is said."""
        if "keepalive" not in self.flags:
            return None
        wait = int(self.values.get("keepalive-time", 0)) or KEEPALIVE_TIME
        return Keepalive(wait, wait, int(self.values.get("keepalive-cnt", 0)) or KEEPALIVE_COUNT)

    @property
    def has_body(self) -> bool:
        return bool(self.data) and "get" not in self.flags

    def may_begin(self, program: Program) -> bool:
        """Say what is to be said before the first transfer; a program whose options exclude each other ends."""
        for note in (*(self.warnings if "silent" not in self.flags else ()), *self.notes):
            program.complain(note)
        if "head" in self.flags and self.has_body:
            if "silent" not in self.flags:
                program.complain(BOTH_METHODS)
            program.exit(2)
            return False
        if self.values.get("request") == "HEAD" and not self.flags & {"head", "silent"}:
            program.complain(HEAD_BY_HAND)
        return True

    def number(self, name: str) -> float | None:
        found = re.match(r"\d+(\.\d+)?", self.values.get(name, ""), re.ASCII)
        return float(found[0]) if found is not None else None


def parse(arguments: list[str], files: Files) -> CurlOptions:
    """Read a command line (UsageError: as curl words it)."""
    options, rest, given = CurlOptions(), list(arguments), list[Given]()
    only_urls, urls = False, list[str]()
    while rest:
        word = rest.pop(0)
        if word.startswith("-") and not only_urls:
            if word == "--":
                only_urls = True
            else:
                given += _long(options, word, rest) if word.startswith("--") else _short(word[1:], rest)
        elif word:
            urls.append(word)
        else:
            raise UsageError(f"curl: option : blank argument where content is expected\n{TRY}", 2)
    for one in given:
        _set(options, one, files)
    options.urls = [Wanted(url, place) for place, url in enumerate(urls + options.lists["url"])]
    TABLE.refuse(given)
    options.notes += [f"Warning: --{one.option.name} is deprecated and has no function anymore" for one in given
                      if one.option.name in DEPRECATED]
    options.notes += TABLE.notes([one for one in given if one.option.name not in DEPRECATED])
    if not options.urls and not options.flags & {"help", "version"}:
        raise UsageError(TRY if not arguments else f"curl: (2) no URL specified\n{TRY}", 2)
    return options


def _wrong(spelled: str, what: str, code: int = 2) -> UsageError:
    return UsageError(f"curl: option {spelled}: {what}\n{TRY}", code)


def _long(options: CurlOptions, word: str, rest: list[str]) -> list[Given]:
    name = word[2:]
    if name in UNSUPPORTED:
        raise _wrong(word, "the installed libcurl version does not support this")
    option, is_off = TABLE.names.get(name), False
    if option is None and name.startswith("no-"):
        option, is_off = TABLE.names.get(name[3:]), True
    if option is None:
        raise _wrong(word, "is unknown")
    if is_off and (option.value == "=" or ONE_WAY.fullmatch(option.name)):
        raise _wrong(word, "the given option cannot be reversed with a --no- prefix")
    if is_off:
        options.flags.discard(SYNONYMS.get(option.name, option.name))
        return [Given(option, "no", word)] if option.role != "refused" else []
    return [Given(option, _value(option, word, rest), word)]


def _short(letters: str, rest: list[str]) -> list[Given]:
    given = []
    if not letters:
        raise _wrong("-", "is unknown")
    while letters:
        letter, letters = letters[0], letters[1:]
        option = TABLE.letters.get(letter)
        if option is None:
            raise _wrong(f"-{letter}", "is unknown")
        if option.value and letters:
            rest, letters = [letters, *rest], ""
            given.append(Given(option, rest[0], f"-{letter}"))
        else:
            given.append(Given(option, _value(option, f"-{letter}", rest), f"-{letter}"))
    return given


def _value(option: Option, spelled: str, rest: list[str]) -> str:
    if option.value == "=" and not rest:
        raise _wrong(spelled, "requires parameter")
    return rest.pop(0) if option.value and rest else ""


def _set(options: CurlOptions, given: Given, files: Files) -> None:
    name, value = SYNONYMS.get(given.option.name, given.option.name), given.value
    if name in NUMBERS and not _is_number(value):
        raise _wrong(given.spelled, "expected a proper numerical parameter")
    if name in WHOLE and (name, value) != ("max-redirs", "-1") and re.fullmatch(r"\d+", value, re.ASCII) is None:
        kind = "positive" if re.fullmatch(r"-\d+", value, re.ASCII) else "proper"
        raise _wrong(given.spelled, f"expected a {kind} numerical parameter")
    if name == "cookie" and "=" not in value:
        raise UsageError(f"curl: {given.spelled} FILE is not modelled: give NAME=VALUE", 2)
    if given.option.value != "=":
        if value != "no":
            options.flags |= {name, given.option.name}
    elif name.startswith("data") or name == "json":
        options.data.append(_data(given, files))
        if name == "json":
            options.flags.add("json")
    elif name in REPEATED:
        options.lists[name].append(value)
    elif name == "write-out" and value.startswith("@"):
        try:
            options.values[name] = files.read(value[1:])
        except FileError:
            raise _wrong(given.spelled, "error encountered when reading a file", FILE_ERROR) from None
    else:
        options.values[name] = _range(options, value) if name == "range" else value


def _range(options: CurlOptions, value: str) -> str:
    """What -r is given, made a range."""
    if re.fullmatch(r"\d+", value, re.ASCII):
        options.warnings.append(NO_DASH)
        return f"{value}-"
    if re.search(r"[^\d,-]", value, re.ASCII):
        options.warnings.append(NO_RANGE)
    return value


def _data(given: Given, files: Files) -> str:
    """What one -d puts into the body; behind an @ a file's text, of -d without its newlines."""
    name, text = given.option.name, given.value
    label, mark, rest = "", "", text
    if name == "data-urlencode":
        found = re.match(r"([^=@]*)([=@])", text)
        label, mark, rest = (found[1], found[2], text[found.end():]) if found else ("", "", text)
    elif name != "data-raw" and text.startswith("@"):
        mark, rest = "@", text[1:]
    if mark == "@":
        try:
            rest = files.read(rest)
        except FileError:
            raise _wrong(given.spelled, "error encountered when reading a file", FILE_ERROR) from None
        rest = re.sub("[\r\n]", "", rest) if name in ("data", "data-ascii") else rest
    if name == "data-urlencode":
        return f"{label}={quote_plus(rest)}" if label else quote_plus(rest)
    return rest


def _is_number(text: str) -> bool:
    """A decimal number without a sign, whatever stands behind it (secs2ms)."""
    return re.fullmatch(r"\d{1,9}.*", text, re.ASCII) is not None
