"""Bank transfers: files of every form read, money matched or kept in suspense, decisions, payment files."""
