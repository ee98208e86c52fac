"""From the files of a project to its `Script`: the only part of the dialog that reads disk."""
