"""nginx's directives: where each may stand, how many words it takes, and what becomes of it here: one table."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.apps.nginx.conf import ConfError, Directive

MANY = 99
BLOCKS = {"main": "m", "events": "e", "http": "h", "upstream": "u", "server": "s", "location": "l"}
"""The letter of each block in the table; main is the file itself."""


class Rule(NamedTuple):
    """One directive."""

    places: str  # letters of BLOCKS
    # fewest, most: words behind its name
    fewest: int = 1
    most: int = 1
    is_block: bool = False  # it has braces
    # it is; else it is refused by name. What changes nothing that a client sees counts as modelled
    is_modelled: bool = True
    is_noted: bool = False  # it is taken, and a note says that it changes nothing here


def _idle(places: str, names: str) -> dict[str, Rule]:
    return {name: Rule(places, 1, MANY) for name in names.split()}


def _noted(places: str, names: str) -> dict[str, Rule]:
    return {name: Rule(places, 1, MANY, is_noted=True) for name in names.split()}


def _refused(places: str, names: str, is_block: bool = False) -> dict[str, Rule]:
    return {name: Rule(places, 0, MANY, is_block, is_modelled=False) for name in names.split()}


RULES: dict[str, Rule] = {
    "events": Rule("m", 0, 0, is_block=True), "http": Rule("m", 0, 0, is_block=True),
    "upstream": Rule("h", 1, 1, is_block=True), "location": Rule("s", 1, 2, is_block=True),
    "types": Rule("hsl", 0, 0, is_block=True),
    "listen": Rule("s", 1, MANY), "server_name": Rule("s", 1, MANY), "root": Rule("hsl"), "alias": Rule("l"),
    "index": Rule("hsl", 1, MANY), "return": Rule("sl", 1, 2), "proxy_pass": Rule("l"),
    "proxy_set_header": Rule("hsl", 2, 2), "add_header": Rule("hsl", 2, 3), "default_type": Rule("hsl"),
    "client_max_body_size": Rule("hsl"),
    "proxy_http_version": Rule("hsl"), "proxy_connect_timeout": Rule("hsl"), "proxy_read_timeout": Rule("hsl"),
    "try_files": Rule("sl", 2, MANY), "error_page": Rule("hsl", 2, MANY), "allow": Rule("hsl"), "deny": Rule("hsl"),
    "error_log": Rule("mhsl", 1, 2), "access_log": Rule("hsl", 1, MANY), "log_format": Rule("h", 2, MANY),
    "server_tokens": Rule("hsl"), "sendfile": Rule("hsl"), "tcp_nopush": Rule("hsl"),
    **_idle("m", "user worker_processes pid daemon master_process worker_rlimit_nofile worker_priority"),
    "worker_connections": Rule("e"), **_idle("e", "use multi_accept accept_mutex"),
    **_idle("hsl", "tcp_nodelay keepalive_timeout types_hash_max_size client_body_buffer_size proxy_buffers "
            "proxy_buffer_size"),
    **_noted("hsl", "proxy_buffering keepalive_requests client_body_timeout send_timeout gzip "
             "gzip_types gzip_vary gzip_proxied gzip_comp_level gzip_min_length gzip_disable proxy_send_timeout "
             "resolver resolver_timeout log_not_found reset_timedout_connection"),
    **_noted("hs", "client_header_timeout client_header_buffer_size large_client_header_buffers"),
    **_idle("h", "server_names_hash_bucket_size server_names_hash_max_size"), **_idle("u", "zone"),
    **_noted("u", "keepalive"),
    **_refused("m", "load_module env worker_cpu_affinity"), **_refused("m", "stream mail", is_block=True),
    **_refused("h", "map geo split_clients", is_block=True), **_refused("sl", "if", is_block=True),
    **_refused("l", "limit_except", is_block=True), **_refused("l", "internal"),
    **_refused("u", "ip_hash least_conn hash random sticky queue"),
    **_refused("sl", "rewrite set rewrite_log break uninitialized_variable_warn mirror"),
    **_refused("hsl", "ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers ssl_session_cache "
               "ssl_session_timeout ssl_prefer_server_ciphers ssl_trusted_certificate ssl_verify_client "
               "autoindex auth_basic auth_basic_user_file auth_request charset expires etag limit_req limit_conn "
               "limit_req_zone limit_conn_zone limit_rate proxy_cache proxy_cache_path proxy_cache_valid "
               "proxy_cache_bypass proxy_redirect proxy_hide_header proxy_pass_header proxy_next_upstream "
               "proxy_next_upstream_tries proxy_intercept_errors proxy_ssl_server_name proxy_ssl_verify proxy_bind "
               "proxy_pass_request_headers proxy_method proxy_set_body proxy_cookie_path proxy_cookie_domain "
               "real_ip_header set_real_ip_from sub_filter satisfy stub_status merge_slashes absolute_redirect "
               "port_in_redirect server_name_in_redirect http2 fastcgi_pass fastcgi_param fastcgi_index uwsgi_pass "
               "uwsgi_param grpc_pass memcached_pass scgi_pass"),
}
MULTIPLE = frozenset({
    "upstream", "server", "location", "types", "listen", "server_name", "index", "return", "proxy_set_header",
    "add_header", "error_page", "allow", "deny", "error_log", "access_log", "log_format", "gzip_types", "resolver",
    "include", "keepalive", "try_files"})
"""What may stand twice in one block."""
FLAGS = frozenset({"sendfile", "tcp_nopush", "tcp_nodelay", "gzip", "gzip_vary", "proxy_buffering", "log_not_found",
                   "multi_accept", "accept_mutex", "daemon", "master_process", "reset_timedout_connection"})
TIMES = frozenset({"proxy_connect_timeout", "proxy_read_timeout", "proxy_send_timeout", "keepalive_timeout",
                   "client_body_timeout", "send_timeout", "client_header_timeout", "resolver_timeout"})
TIME = re.compile(r"([0-9]{1,9})(ms|s|m|h|)")
SIZE = re.compile(r"([0-9]{1,9})([kmgKMG]?)")
LEVELS = frozenset(["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"])
ONE_OF: dict[str, tuple[str, ...]] = {"server_tokens": ("on", "off", "build"), "proxy_http_version": ("1.0", "1.1")}
SERVER, SERVER_OF_UPSTREAM = Rule("h", 0, 0, is_block=True), Rule("u", 1, MANY)  # One name for two directives


def check(directive: Directive, place: str) -> None:
    """One directive, where it stands (ConfError: nginx does not take it there, or the sandbox has none of it)."""
    name, where = directive.name, directive.where
    rule = (SERVER_OF_UPSTREAM if place == "u" else SERVER) if name == "server" else RULES.get(name)
    if rule is None:
        raise ConfError(f'unknown directive "{name}" in {where}')
    if place not in rule.places:
        raise ConfError(f'"{name}" directive is not allowed here in {where}')
    if rule.is_block and directive.block is None:
        raise ConfError(f'directive "{name}" has no opening "{{" in {where}')
    if not rule.is_block and directive.block is not None:
        raise ConfError(f'directive "{name}" is not terminated by ";" in {where}')
    if not rule.fewest <= len(directive.words) <= rule.most:
        raise ConfError(f'invalid number of arguments in "{name}" directive in {where}')
    _check_values(directive)
    if not rule.is_modelled:
        raise ConfError(f'netsandbox: nginx\'s directive "{name}" is not modelled, in {where}')


def _check_values(directive: Directive) -> None:
    """What each word may be."""
    name, words, where = directive.name, directive.words, directive.where
    if name in FLAGS and words[0] not in ("on", "off"):
        raise ConfError(f'invalid value "{words[0]}" in "{name}" directive, it must be "on" or "off" in {where}')
    if name == "client_max_body_size" and SIZE.fullmatch(words[0]) is None:
        raise ConfError(f'"{name}" directive invalid value in {where}')
    if name in TIMES and TIME.fullmatch(words[0]) is None:
        raise ConfError(f'"{name}" directive invalid value in {where}')
    if name == "keepalive_timeout" and len(words) > 1:
        raise ConfError(f'netsandbox: "{name} {" ".join(words)}" is not modelled, in {where}')
    if name in ONE_OF and words[0] not in ONE_OF[name]:
        raise ConfError(f'invalid value "{words[0]}" in {where}')
    if name == "error_log" and len(words) > 1 and words[1] not in LEVELS:
        raise ConfError(f'invalid log level "{words[1]}" in {where}')
    if name == "add_header" and len(words) > 2 and words[2] != "always":
        raise ConfError(f'invalid parameter "{words[2]}" in {where}')
    if name == "error_page":
        wrong = next((word for word in words[:-1] if not word.isdecimal() and not word.startswith("=")), None)
        if wrong is not None:
            raise ConfError(f'invalid value "{wrong}" in {where}')


def check_once(directive: Directive, earlier: bool) -> None:
    """Raises ConfError: it stands in the block already, and may only once."""
    if earlier and directive.name not in MULTIPLE:
        raise ConfError(f'"{directive.name}" directive is duplicate in {directive.where}')
