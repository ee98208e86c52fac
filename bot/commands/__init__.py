"""The commands, one small file each. What costs time to import is imported inside a command, when it runs."""
