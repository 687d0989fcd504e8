"""What runs inside a namespace: ping, arping, traceroute, UDP and TCP programs, and the servers of the images.

Rule of this room: a program uses its namespace only through sockets and the calls a process would have; it keeps no
reference to another namespace, and waiting is work handed to the scheduler, never a blocking call.
"""
