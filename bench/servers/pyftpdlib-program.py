"""pyftpdlib with TLS on both channels and one account, which may do everything below its directory."""

import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer

port, first, last, root, pem, user, password, uid, gid, sessions = sys.argv[1:]

authorizer = DummyAuthorizer()
authorizer.add_user(user, password, root, perm="elradfmwMT")


class Handler(TLS_FTPHandler):
    certfile = pem
    authorizer = authorizer
    tls_control_required = True
    tls_data_required = True
    passive_ports = range(int(first), int(last) + 1)


Handler.get_ssl_context()
server = FTPServer(("127.0.0.1", int(port)), Handler)
server.max_cons = server.max_cons_per_ip = int(sessions)
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
server.serve_forever()
