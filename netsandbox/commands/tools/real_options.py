"""What the real tools can be told beside what is modelled: refused by name, and not as if they had no such option."""

from __future__ import annotations

from netsandbox.apps.option_table import Option, OptionTable

REAL = {
    "base64": "d|decode i|ignore-garbage w|wrap=",
    "cat": "A|show-all b|number-nonblank e E|show-ends n|number s|squeeze-blank t T|show-tabs u v|show-nonprinting",
    "cp": "a|archive attributes-only backup? b copy-contents d debug f|force i|interactive H l|link L|dereference "
        "n|no-clobber P|no-dereference p|preserve? no-preserve= parents R|recursive reflink? remove-destination "
        "sparse= strip-trailing-slashes s|symbolic-link S|suffix= t|target-directory= T|no-target-directory "
        "update? u v|verbose keep-directory-symlink x|one-file-system Z context?",
    "diff": "c|context? e|ed n|rcs y|side-by-side W|width= left-column suppress-common-lines p|show-c-function "
        "F|show-function-line= label= t|expand-tabs T|initial-tab l|paginate no-dereference x|exclude= X|exclude-from= "
        "S|starting-file= E|ignore-tab-expansion Z|ignore-trailing-space I|ignore-matching-lines= strip-trailing-cr "
        "D|ifdef= d|minimal N|new-file r|recursive horizon-lines= speed-large-files color? normal",
    "cmp": "b|print-bytes i|ignore-initial= l|verbose n|bytes=",
    "comm": "check-order nocheck-order output-delimiter= total z|zero-terminated", "paste": "z|zero-terminated",
    "cut": "b|bytes= c|characters= d|delimiter= f|fields= n complement s|only-delimited output-delimiter= "
        "z|zero-terminated",
    "date": "d|date= debug f|file= I|iso-8601? resolution R|rfc-email rfc-3339= r|reference= s|set= u|utc "
        "u|universal",
    "fallocate": "c|collapse-range= d|dig-holes i|insert-range l|length= n|keep-size o|offset= p|punch-hole "
        "z|zero-range x|posix v|verbose",
    "grep": "E|extended-regexp F|fixed-strings G|basic-regexp P|perl-regexp e|regexp= f|file= i|ignore-case "
        "no-ignore-case w|word-regexp x|line-regexp z|null-data s|no-messages v|invert-match m|max-count= "
        "b|byte-offset n|line-number line-buffered H|with-filename h|no-filename label= o|only-matching q|quiet "
        "q|silent binary-files= a|text I d|directories= D|devices= r|recursive R|dereference-recursive include= "
        "exclude= exclude-from= exclude-dir= L|files-without-match l|files-with-matches c|count T|initial-tab "
        "Z|null B|before-context= A|after-context= C|context= group-separator= no-group-separator color? colour? "
        "U|binary",
    "head": "c|bytes= n|lines= q|quiet q|silent v|verbose z|zero-terminated",
    "jq": "n|null-input R|raw-input s|slurp c|compact-output r|raw-output raw-output0 j|join-output a|ascii-output "
        "S|sort-keys C|color-output M|monochrome-output tab indent= unbuffered stream stream-errors seq "
        "f|from-file= L= arg= argjson= slurpfile= rawfile= args jsonargs e|exit-status build-configuration",
    "ln": "backup? b d|directory f|force i|interactive L|logical n|no-dereference P|physical r|relative s|symbolic "
        "S|suffix= t|target-directory= T|no-target-directory v|verbose",
    "ls": "a|all A|almost-all author b|escape block-size= B|ignore-backups c C ~color? d|directory D|dired f "
        "F|classify? file-type format= full-time g group-directories-first G|no-group h|human-readable si "
        "H|dereference-command-line dereference-command-line-symlink-to-dir hide= hyperlink? indicator-style= "
        "i|inode I|ignore= k|kibibytes l L|dereference m n|numeric-uid-gid N|literal o p q|hide-control-chars "
        "show-control-chars Q|quote-name quoting-style= r|reverse R|recursive s|size S sort= time= time-style= t "
        "T|tabsize= u U v w|width= x X Z|context zero 1",
    "lsns": "J|json l|list n|noheadings o|output= output-all P|persistent p|task= Q|filter= r|raw u|notruncate "
        "W|nowrap t|type= T|tree? H|list-columns",
    "md5sum": "b|binary c|check tag t|text z|zero ignore-missing quiet status strict w|warn",
    "mkdir": "m|mode= p|parents v|verbose Z context?",
    "mv": "backup? b debug exchange f|force i|interactive n|no-clobber no-copy strip-trailing-slashes S|suffix= "
        "t|target-directory= T|no-target-directory update? u v|verbose Z|context",
    "nl": "b|body-numbering= d|section-delimiter= f|footer-numbering= h|header-numbering= i|line-increment= "
        "l|join-blank-lines= n|number-format= p|no-renumber s|number-separator= v|starting-line-number= "
        "w|number-width=",
    "pgrep": "d|delimiter= l|list-name a|list-full v|inverse w|lightweight c|count f|full g|pgroup= G|group= "
        "i|ignore-case n|newest o|oldest O|older= P|parent= s|session= signal= t|terminal= u|euid= U|uid= x|exact "
        "F|pidfile= L|logpidfile r|runstates= A|ignore-ancestors cgroup= ns= nslist=",
    "readlink": "f|canonicalize e|canonicalize-existing m|canonicalize-missing n|no-newline q|quiet s|silent "
        "v|verbose z|zero",
    "rev": "0|zero",
    "rm": "f|force i I interactive? one-file-system no-preserve-root preserve-root? r|recursive d|dir v|verbose",
    "rmdir": "ignore-fail-on-non-empty p|parents v|verbose",
    "sed": "n|quiet n|silent debug e|expression= f|file= follow-symlinks i|in-place? l|line-length= posix "
        "E|regexp-extended s|separate sandbox u|unbuffered z|null-data",
    "seq": "f|format= s|separator= w|equal-width",
    "sort": "b|ignore-leading-blanks d|dictionary-order f|ignore-case g|general-numeric-sort i|ignore-nonprinting "
        "M|month-sort h|human-numeric-sort n|numeric-sort R|random-sort random-source= r|reverse sort= "
        "V|version-sort batch-size= c|check= C|check= compress-program= debug files0-from= k|key= m|merge "
        "o|output= s|stable S|buffer-size= t|field-separator= T|temporary-directory= parallel= u|unique "
        "z|zero-terminated",
    "stat": "L|dereference f|file-system cached= c printf= t|terse",
    "tac": "b|before r|regex s|separator=",
    "tail": "c|bytes= f|follow? F n|lines= max-unchanged-stats= pid= q|quiet q|silent retry s|sleep-interval= "
        "v|verbose z|zero-terminated",
    "tar": "A|concatenate d|compare test-label check-device G|incremental hole-detection= ignore-failed-read level= "
        "no-check-device no-seek n|seek occurrence? sparse-version= add-file= exclude-backups exclude-caches "
        "exclude-caches-all exclude-caches-under= exclude-ignore= exclude-ignore-recursive= exclude-tag= "
        "exclude-tag-all= exclude-tag-under= exclude-vcs exclude-vcs-ignores no-null no-recursion no-unquote "
        "no-verbatim-files-from null recursion unquote verbatim-files-from anchored ignore-case no-anchored "
        "no-ignore-case no-wildcards no-wildcards-match-slash wildcards-match-slash keep-directory-symlink "
        "no-overwrite-dir overwrite-dir recursive-unlink skip-old-files U|unlink-first ignore-command-error= "
        "no-ignore-command-error to-command= atime-preserve? clamp-mtime delay-directory-restore group-map= "
        "no-delay-directory-restore owner-map= s|preserve-order s|same-order acls no-acls no-selinux no-xattrs "
        "selinux xattrs xattrs-exclude= xattrs-include= force-local F|info-script= F|new-volume-script= "
        "L|tape-length= M|multi-volume rmt-command= rsh-command= volno-file= b|blocking-factor= B|read-full-records "
        "i|ignore-zeros record-size= H|format= old-archive portability pax-option= posix V|label= lzip lzma lzop "
        "no-auto-compress z|gunzip z|ungzip Z|compress Z|uncompress backup? hard-dereference K|starting-file= "
        "newer-mtime= N|after-date= one-file-system suffix= xform= checkpoint-action= full-time index-file= "
        "l|check-links no-quote-chars= quote-chars= quoting-style= R|block-number show-defaults show-omitted-dirs "
        "show-snapshot-field-ranges show-transformed-names show-stored-names utc warning= w|confirmation restrict",
    "tee": "a|append i|ignore-interrupts p output-error?",
    "touch": "a c|no-create d|date= f h|no-dereference m r|reference= t= time=",
    "tr": "c|complement d|delete s|squeeze-repeats t|truncate-set1",
    "tree": "R gitignore gitfile= ignore-case matchdirs metafirst info infofile= charset= si timefmt= inodes device "
        "v filesfirst T= nolinks hintro= houtro= hyperlink scheme= authority= fromfile fromtabfile= fflinks "
        "opt-toggle",
    "truncate": "c|no-create o|io-blocks r|reference= s|size=",
    "uniq": "c|count d|repeated D all-repeated? f|skip-fields= group? i|ignore-case s|skip-chars= u|unique "
        "z|zero-terminated w|check-chars=",
    "wc": "c|bytes m|chars l|lines files0-from= L|max-line-length w|words total=",
}
"""coreutils 9.7, grep 3.11, sed 4.9, procps 4.0, util-linux 2.41, jq 1.7, tar 1.35 and tree 2.2, as an OptionTable is
written; `~` stands before what leaves no trace here.
"""
REAL |= dict.fromkeys(("sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum"), REAL["md5sum"])


def complete(table: OptionTable) -> OptionTable:
    """Add them to a tool's table: the long names of its letters, and the rest as not modelled."""
    for word in REAL.get(table.program, "").split():
        spelled = word.strip("~=?")
        letter, bar, name = spelled.partition("|")
        if not bar and len(spelled) > 1:
            letter, name = "", spelled
        value = word[-1] if word[-1] in "=?" else ""
        option = table.letters.get(letter) or Option(name or letter, value, "idle" if word[0] == "~" else "refused")
        if letter:
            table.letters.setdefault(letter, option)
        if name:
            table.names.setdefault(name, option._replace(value="?") if value == "?" else option)
    return table
