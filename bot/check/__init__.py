"""What is wrong with a project, told so that whoever wrote it can mend it: findings, their words, their analysis."""
