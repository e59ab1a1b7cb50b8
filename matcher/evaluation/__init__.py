"""How well the matcher ranks, measured on topics under which projects really were funded."""
