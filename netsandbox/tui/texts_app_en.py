"""The texts of the app around the panes, in English: key -> text."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "small": "netsandbox needs {width} columns and {height} rows.\nThis terminal has {has_width} and {has_height}.",
    "next.flood": "{what} reaches {count} interfaces",
    "next.frame": "{what} reaches {where}",
    "next.program": "{program} goes on",
    "next.timer": "a timer in {time}",
    "next.some": "a program",
    "output.title": "Output",
    "output.empty": "What commands print is shown here",
    "output.more": "(pgup: {count} lines)  {last}",
    "held": "Paused: space plays, n goes one step",
    "held.typed": "Paused: F5 plays, F7 goes one step",
    "waiting": "lines waiting: {count} (ctrl+c ends this)",
    "quit.how": "ctrl+q quits",
    "page.quit": "ctrl+q quits, esc closes this page",
    "footer.quit": "quit",
    "footer.search": "search",
    "key.app.end-of-input": "Leave the shell",
    "key.app.tell-quit": "How to quit",
    "lesson.unmet": "{count} goals are not met yet: r checks them again, p once more goes on",
    "lesson.unmet-last": "{count} goals are not met yet: mend what is wrong, or h for a hint",
    "scenario.done": "The scenario has no further step",
    "command.failed": "It ended with status {code}",
    "failed.command": "{what}. The lab is as before; details in {where}",
    "failed.step": "{what}. The lab is stopped; details in {where}",
    "opening": "Opening",
    "theme.unknown": "No theme is called {name}",
    "recover.none": "No session to recover in {where}",
    "recover.done": "Recovered: {count} lines",
    "recover.pending": "{count} steps left, p goes on",
    "autosave.problem": "The journal is not kept: {why}",
    "ready.hint": "Press p: nginx-1 pings nginx-2.  : help lists all commands.",
    "drop.none": "No drop in that direction",
    "ping.nobody": "A ping needs two running containers or hosts",
    "page.title": "Help",
    "page.close": "esc closes",
    "page.everywhere": "Everywhere",
    "page.more": (
        "ctrl+p lists every command; type  help VERB  for its manual. Hold shift to select text with the mouse."
    ),
    "help.output": "What the commands printed. Arrows scroll, `escape` goes back to the log.",
    "topic.topology": "Topology",
    "topic.log": "Frame log",
    "topic.device": "Device",
    "topic.detail": "Layers and bytes",
    "topic.bytes": "Bytes",
    "topic.why": "Why",
    "topic.timeline": "Timeline",
    "topic.command": "Command line",
    "topic.filter": "Filter",
    "topic.export": "Export",
    "topic.output": "Output",
    "footer.run": "run",
    "footer.complete": "complete",
    "footer.older": "older",
    "footer.leave": "leave",
    "footer.command": "command",
    "footer.filter": "filter",
    "footer.next": "next",
    "footer.ping": "ping",
    "footer.pause": "pause",
    "footer.play": "play",
    "footer.step": "step",
    "footer.back": "back",
    "footer.why": "why",
    "footer.output": "output",
    "footer.pane": "pane",
    "footer.help": "help",
    "footer.log": "log",
    "tour.title": "Welcome to netsandbox  {page}/{pages}",
    "tour.keys": "enter more   p {what}   esc leave",
    "tour.1": (
        "A network in a terminal: a host with the bridge docker0 and two containers on it. Nothing is real, and"
        " everything is done as Linux and Docker do it.\n\nPress p and nginx-1 pings nginx-2. Watch the ARP request"
        " go to everyone, and the answer come back to one."
    ),
    "tour.do-ping": "ping now",
    "tour.do-step": "the first step",
    "tour.steps": (
        "A network in a terminal. Nothing is real, and everything is done as Linux and Docker do it.\n\nThis is the"
        " scenario: {title}. Press p for its first step, and again for each further one; above the timeline stands"
        " what there is to see."
    ),
    "tour.lab": (
        "A network in a terminal. Nothing is real, and everything is done as Linux and Docker do it.\n\nThis is the"
        " scenario: {title}. Press p for a ping between two of its devices."
    ),
    "tour.2": (
        "Time is yours. Space stops and starts it, n does one step, b takes one back: every table is as it was. + and -"
        " change the pace. The bar at the bottom has a mark for every command, drop and flood; click it to go there."
    ),
    "tour.3": (
        "Every frame is in the log. / filters it: arp or icmp, host nginx-1, drop. Enter opens the frame's layers and"
        " bytes, and w says why it is there: the decision, what it looked at, and the causes back to the command."
    ),
    "tour.4": (
        "Arrows in the topology select a device; enter opens its tables, i pins it. Type : for commands, as in any"
        " tutorial: docker run -d nginx, ping nginx-1 nginx-2, ip route. e opens a shell inside the selected"
        " container.\n\nWhat is that key? ? tells, wherever you are."
    ),
    "key.main.log": "Back to the log",
    "key.help.close": "Close",
    "key.tour.next": "Next page",
    "key.tour.before": "Page before",
    "key.tour.leave": "Leave",
    "key.tour.begin": "Begin",
    "key.tour.help": "Help",
    "key.app.play": "Play or pause",
    "key.app.step": "One step",
    "key.app.back": "One step back",
    "key.app.faster": "Faster",
    "key.app.slower": "Slower",
    "key.app.next-command": "Next command",
    "key.app.command-before": "Command before",
    "key.app.next-drop": "Next drop",
    "key.app.drop-before": "Drop before",
    "key.app.travel": "Go to the selected frame's time",
    "key.app.next": "Next step of the scenario, or ping",
    "key.app.command": "Command line",
    "key.app.filter": "Filter the log",
    "key.app.search": "Search the log",
    "key.app.why": "Why: the selected frame; again: the last drop",
    "key.app.output": "Output of the commands",
    "key.app.shell": "Shell in the selected device",
    "key.app.pin": "Pin the selected device",
    "key.app.first": "First frame",
    "key.app.follow": "Newest frame, and follow",
    "key.app.mark": "Mark the frame",
    "key.app.next-mark": "Next marked frame",
    "key.app.export": "Write the selected or marked frames as pcapng",
    "key.app.undo": "Take the last line back",
    "key.app.redo": "Do it again",
    "key.app.zoom": "Maximise the pane, or back",
    "key.app.help": "Help for where you are",
    "key.app.interrupt": "End the program that runs",
    "key.app.quit": "Quit",
}
