"""The commands, a small file each, or a folder where one has parts. What costs time to import is imported inside a
command, when it runs."""
