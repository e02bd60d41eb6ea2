"""What may be shown of a person's name in public. No official rule exists; this is the strict default."""


def mask_name(name: str) -> str:
    """Keep the first character of a name: `张三丰` → `张**`; one character alone is not kept: `王` → `*`."""
    return name[:1] + "*" * min(len(name) - 1, 4) if len(name) > 1 else "*"
