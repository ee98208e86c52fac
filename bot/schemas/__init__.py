"""JSON Schemas of a project's files, draft-07, for editors: they complete keys and the project's own names.

They are for completion; what is wrong is told by `frontdesk check`, whose sentences help more than a schema's.
"""

from bot.schemas.project import schemas

__all__ = ["schemas"]
