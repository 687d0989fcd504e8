"""The pages that web servers come with, and the types of what is in files."""

from __future__ import annotations

NGINX_PAGE = b"""<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
"""
APACHE_PAGE = b"<html><body><h1>It works!</h1></body></html>\n"
TYPES = {"html": "text/html", "htm": "text/html", "txt": "text/plain", "css": "text/css",
         "js": "application/javascript", "json": "application/json", "xml": "text/xml", "svg": "image/svg+xml"}


def media_type(name: str, other: str) -> str:
    """By what stands behind the dot."""
    return TYPES.get(name.rpartition(".")[2], other)
