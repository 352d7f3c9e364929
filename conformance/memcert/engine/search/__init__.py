"""How a program that breaks a rule is searched for, and made small."""
