"""What happens when documents are loaded."""

from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class ImportCompleted(Fact):
    """A document was loaded; the records themselves have facts of their own."""

    NAME: ClassVar[str] = "import.completed"
    TITLE: ClassVar[Words] = Words("文件导入完成", "A document was loaded")

    import_id: UUID
    code: str
    created: dict[str, int]
    """How many records of each section were new."""
