"""The few errors we raise. The first line of each docstring is what a person reads when nothing more is known."""


class FrontdeskError(Exception):
    """Something went wrong in Frontdesk. `ru` says the same in Russian, where whoever runs the program reads it."""

    def __init__(self, message: str = "", ru: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])
        self.ru = ru


class ConfigurationError(FrontdeskError):
    """The configuration is not usable; `frontdesk check` names every mistake."""


class NoProject(ConfigurationError):
    """There is no project in this folder."""

    def __init__(self, message: str = "", folder: str = "") -> None:
        super().__init__(message)
        self.folder = folder


class ScriptError(FrontdeskError):
    """The flows, the FAQ or the texts have mistakes; `frontdesk check` names every one."""


class NotSaved(FrontdeskError):
    """The database could not save this; nothing was acknowledged, it will be offered again."""


class StoreInUse(FrontdeskError):
    """Another Frontdesk is already running on this database."""


class StoreBroken(FrontdeskError):
    """The database cannot be used."""


class UnknownConversation(FrontdeskError):
    """An event is for a conversation that does not exist."""


class TooEarly(Exception):
    """A turn looks at lines that earlier turns of its batch are still to write; it is taken again in the next one."""


class MatchWanted(Exception):
    """A turn needs the FAQ's match of a text that was not looked up yet; it is taken again with it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
