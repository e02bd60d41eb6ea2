"""The transparency log 透明日志: every event leaves a leaf in one tree that only grows, and anybody can check it.

A pure room: trees, proofs, checkpoints, static files, witnesses and audits over bytes that the caller brings. It knows
no database and no network. Tree: RFC 6962 §2.1; signed heads and files: C2SP tlog-checkpoint, tlog-tiles, tlog-proof
and tlog-cosignature.
"""
