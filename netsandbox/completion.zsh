#compdef netsandbox
_netsandbox() {
    if (( CURRENT == 2 )); then compadd {commands}; fi
    compadd $(netsandbox list 2>/dev/null)
    _files
}
compdef _netsandbox netsandbox
