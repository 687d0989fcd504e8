"""Names for containers that were given none: an adjective and a scientist or engineer of networking's past."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.engine.chance import Stream

ADJECTIVES = (
    "able", "agile", "amber", "apt", "avid", "balanced", "bold", "brave", "brisk", "calm", "candid", "careful",
    "cheerful", "clear", "clever", "cosy", "curious", "daring", "deft", "eager", "earnest", "even", "fair", "fleet",
    "fond", "frank", "fresh", "gentle", "glad", "golden", "grand", "handy", "hardy", "honest", "humble", "jolly",
    "keen", "kind", "lively", "loyal", "lucid", "mellow", "merry", "mild", "modest", "neat", "nimble", "noble",
    "patient", "placid", "plucky", "polite", "prompt", "proud", "quick", "quiet", "quirky", "ready", "robust", "rosy",
    "sharp", "silent", "sincere", "smart", "snug", "sober", "steady", "stout", "sunny", "swift", "tidy", "tranquil",
    "trusty", "upbeat", "vivid", "warm", "wise", "witty", "young", "zesty")
PEOPLE = (
    "abramson", "baran", "bell", "berners", "bode", "boggs", "boole", "cerf", "clark", "cohen", "crocker", "davies",
    "dijkstra", "edison", "engelbart", "erlang", "estrin", "faraday", "feinler", "floyd", "gauss", "hamming", "heart",
    "hertz", "holberton", "hopper", "huffman", "jacobson", "kahn", "kao", "kirstein", "kleinrock", "knuth", "lamarr",
    "lamport", "licklider", "lovelace", "marconi", "maxwell", "metcalfe", "mockapetris", "morse", "nagle", "nyquist",
    "perlman", "plummer", "postel", "pouzin", "reynolds", "roberts", "shannon", "stibitz", "sutherland", "taylor",
    "tesla", "thompson", "tomlinson", "turing", "vonneumann", "wang", "wiener", "zuse")


def random_name(stream: Stream, is_taken: Callable[[str], bool]) -> str:
    """`quirky_turing`; a digit follows when the pair is taken already."""
    for attempt in range(1000):
        name = f"{ADJECTIVES[stream.below(len(ADJECTIVES))]}_{PEOPLE[stream.below(len(PEOPLE))]}"
        if attempt:
            name += str(stream.below(10 * attempt))
        if not is_taken(name):
            return name
    return f"{stream.bits(48):012x}"
