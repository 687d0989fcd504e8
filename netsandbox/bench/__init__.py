"""`netsandbox bench`: the workloads whose speed is promised, and what they take here."""
