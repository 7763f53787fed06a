"""What people call a block: the same words in the editor's menu, at the block, in findings, comments and reports."""

from ..models import BLOCKS, Block, Callout, Figure

_OWN = {Figure: "picture", Callout: "box"}  # of other kinds: the name of the model
_NAMES = {model.kind: _OWN.get(model, model._meta.verbose_name) for model in BLOCKS}


def name_of(kind: str, tone: str = "") -> str:
    """In lower case. ``tone``: of a box, which is known by it, as "danger box"."""
    return f"{tone} {_NAMES[kind]}".strip()


def name_of_block(block: Block) -> str:
    return name_of(block.kind, getattr(block, "tone", ""))
