"""The portal's grantsTenders.json: every grant and tender in one file, some days behind."""
