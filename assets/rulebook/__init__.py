"""The rules in force in a home: SQL files with their headers, and what each rests on."""
