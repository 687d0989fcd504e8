complete -c netsandbox -n __fish_use_subcommand -a '{commands}'
complete -c netsandbox -a '(netsandbox list 2>/dev/null)'
