"""The files that nginx's image brings: its configuration, as far as the sandbox reads it, and its pages."""

from __future__ import annotations

from netsandbox.apps.sites.pages import NGINX_PAGE, TYPES
from netsandbox.linux.core.files import Files
from netsandbox.linux.core.inode import FileError

CONFIGURATION, SERVERS, ROOT = "/etc/nginx", "/etc/nginx/conf.d", "/usr/share/nginx/html"
NGINX_CONF = """user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    access_log  /var/log/nginx/access.log  main;

    sendfile           on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
"""
DEFAULT_CONF = """server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
"""
MIME_TYPES = "types {\n" + "".join(
    f"    {kind}  {' '.join(ending for ending, other in TYPES.items() if other == kind)};\n"
    for kind in dict.fromkeys(TYPES.values())) + "}\n"
ERROR_PAGE = b"""<!DOCTYPE html>
<html>
<head>
<title>Error</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
<p>If you are the system administrator of this resource then you should check
the error log for details.</p>
<p><em>Faithfully yours, nginx.</em></p>
</body>
</html>
"""
FILES: dict[str, dict[str, bytes | str]] = {
    CONFIGURATION: {"nginx.conf": NGINX_CONF.encode(), "mime.types": MIME_TYPES.encode()},
    SERVERS: {"default.conf": DEFAULT_CONF.encode()},
    ROOT: {"index.html": NGINX_PAGE, "50x.html": ERROR_PAGE}}


class Packaged:
    """Those files where nobody has looked at the container's (conf.Reader)."""

    def read(self, path: str) -> str:
        folder, _slash, name = path.rpartition("/")
        found = FILES.get(folder, {}).get(name)
        if not isinstance(found, bytes):
            raise FileError("ENOENT")
        return found.decode()

    def is_directory(self, path: str) -> bool:
        return path.rstrip("/") in FILES

    def names(self, path: str) -> list[str]:
        return list(FILES.get(path, {}))


def furnish_configuration(files: Files) -> None:
    for folder, entries in FILES.items():
        files.system.furnish(folder, entries)
