"""VK (ВКонтакте): a community's messages, and comments in public where that is asked for."""
