"""Publishing 公布: what outsiders need to judge our licences, written into one folder that anybody may serve.

    <public>/status/1, <public>/status/1.jwt     status lists 状态名单, as a CWT and as a JWT
    <public>/log/tile/…                          the log's hashes and entries (C2SP tlog-tiles)
    <public>/log/checkpoint                      its signed head, with what witnesses added to it
    <public>/log/checkpoint.tst                  RFC 3161 time-stamp over that head
    <public>/log/checkpoint.witnessed            the newest head that witnesses signed, if it is another
    <public>/bundle, <public>/bundles/…          the newest bundle, and manifests of those before

The folder is its own memory: what is published is compared with the repository, and what is new is written. So whoever
publishes may be killed anywhere, and run twice at once.
"""

from license_lib.publishing.folder import PublicFolder

__all__ = ["PublicFolder"]  # those who read it need not load what writes it
