"""What happened in the generated force: one file per system, no defects of recording yet."""
