"""Which rows stand: as customers will see them once `:batch` is published, or among all drafts too."""


def with_batch(alias: str) -> str:
    """SQL: what stands once `:batch` is published."""
    seen = "(b.state = 'published' OR b.id = :batch)"
    return _stands(alias, seen)


def with_drafts(alias: str) -> str:
    """SQL: what stands once every draft is published."""
    return _stands(alias, "b.state IN ('published', 'draft')")


def _stands(alias: str, seen: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM batches b WHERE b.id = {alias}.batch_id AND {seen})"
        f" AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = {alias}.superseded_by AND {seen})"
    )
